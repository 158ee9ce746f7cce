#!/bin/sh
# The same walk with curl: push a ZIP, wait until it left, read its history, ask for its report.
#   URL=https://traza.example.com KEY=traza_… sh walk.sh factura.zip contador@example.com
# Needs curl and, to take answers apart, python3.
set -eu
FILE=$1 EMAIL=$2
API="$URL/api/v1"

call() { curl --silent --show-error --fail-with-body --max-time 30 --header "Authorization: Bearer $KEY" "$@"; }
# Each act has a key of its own; the same key on a retry does it once.
once() { call --header "Idempotency-Key: $(cat /proc/sys/kernel/random/uuid)" "$@"; }
take() { python3 -c "import json, sys; answer = json.load(sys.stdin); print($1)"; }
# wait_while QUESTION WORDS: ask twice a second, for a minute at most, while the answer is one of the words.
wait_while() { i=0; while printf '%s' "$2" | grep -qw "$($1)"; do i=$((i + 1)); [ $i -lt 120 ] || { echo "not within a minute: $1" >&2; exit 1; }; sleep 0.5; done; }

echo "1. Push $FILE"
PUSHED=$(once --form "files=@$FILE" "$API/documents/?notify=yes")
DOCUMENT=$(printf '%s' "$PUSHED" | take 'answer["results"][0]["document"]["id"]')
echo "   document $DOCUMENT"

echo "2. Wait until it left"
state() { call "$API/documents/$DOCUMENT/acknowledgements/" | take 'next((r["state"] for r in answer["recipients"] if r["state"] in "queued sending deferred".split()), "over")'; }
wait_while state "queued sending deferred"
call "$API/documents/$DOCUMENT/acknowledgements/" | take '"   " + ", ".join(r["address"] + " " + r["state"] for r in answer["recipients"])'

echo "3. Its history"
call "$API/documents/$DOCUMENT/history/" | take '"\n".join("   " + m["recorded_at"] + " " + m["sentence"] for m in answer["results"])'

echo "4. Ask for its report"
REPORT=$(once --header "Content-Type: application/json" --data "{\"email\": \"$EMAIL\"}" "$API/documents/$DOCUMENT/history-reports/" | take 'answer["id"]')
status() { call "$API/history-reports/$REPORT/" | take 'answer["status"]'; }
wait_while status "requested running"
call --output "${FILE%.zip}.historial.pdf" "$API/history-reports/$REPORT/file/"
echo "   ${FILE%.zip}.historial.pdf"
