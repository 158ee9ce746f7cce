"""
An example integrator: push a document, wait until it left, read its history, ask for its report.

Needs Python 3.11 and httpx. Take it as a beginning; it is short so that it can be read whole.

    python client.py https://traza.example.com KEY factura.zip contador@example.com
"""

import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx

Json = dict[str, Any]
ON_ITS_WAY = {"queued", "sending", "deferred"}


class Problem(Exception):
    """The server said no (RFC 9457): ``detail`` is a sentence in Spanish for a user, ``errors`` names the fields."""

    def __init__(self, body: Json) -> None:
        super().__init__(f"{body['status']} {body['title']}: {body['detail']}")
        self.status: int = body["status"]
        self.detail: str = body["detail"]
        self.errors: list[Json] = body.get("errors", [])


@dataclass(frozen=True)
class Traza:
    """One company, by one key."""

    http: httpx.Client

    @classmethod
    def connect(cls, url: str, key: str) -> Self:
        """A client that keeps its connection; three tries to connect, 30 seconds for each answer."""
        transport = httpx.HTTPTransport(retries=3)
        headers = {"Authorization": f"Bearer {key}"}
        return cls(httpx.Client(base_url=f"{url.rstrip('/')}/api/v1", headers=headers, timeout=30, transport=transport))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def push(self, path: Path, *, notify: str = "auto") -> list[Json]:
        """Push an XML or a ZIP; a result for each thing that was in it. Pushing the same again is harmless."""
        with path.open("rb") as file:
            answer = self._post("/documents/", params={"notify": notify}, files={"files": (path.name, file.read())}, accept={422})
        return list(answer["results"])

    def document(self, document: str) -> Json:
        """Where the document stands: DIAN, delivery, the buyer's answer."""
        return self._get(f"/documents/{document}/")

    def wait_until_sent(self, document: str, *, seconds: float = 60) -> list[Json]:
        """The addresses once nothing is on its way any more; raises TimeoutError. Sent is not delivered, and not read."""
        recipients: list[Json] = self._wait(
            lambda: self._get(f"/documents/{document}/acknowledgements/")["recipients"],
            lambda found: all(item["state"] not in ON_ITS_WAY for item in found),
            seconds,
        )
        return recipients

    def history(self, document: str, **days: str) -> Iterator[Json]:
        """Every movement of the window, or of ``{"from": "2026-01-01", "to": "2026-01-31"}``, newest first, page after page."""
        page = self._get(f"/documents/{document}/history/", **days)
        yield from page["results"]
        while page["next"]:
            page = self._get(page["next"])
            yield from page["results"]

    def resend(self, document: str, *addresses: str, note: str = "") -> Json:
        """Send the document again, one message per address."""
        return self._post(f"/documents/{document}/notifications/", json={"addresses": [{"address": a} for a in addresses], "note": note})

    def report(self, document: str, *, email: str, into: Path, seconds: float = 120) -> Path:
        """Ask for the whole history by mail, wait until it is made, and keep the PDF."""
        asked = self._post(f"/documents/{document}/history-reports/", json={"email": email})
        address = f"/history-reports/{asked['id']}/"
        self._wait(lambda: self._get(address), lambda report: report["status"] in {"ready", "failed"}, seconds)
        into.write_bytes(_checked(self.http.get(f"{address}file/")).content)
        return into

    def _get(self, address: str, **query: str) -> Json:
        return dict(_checked(self.http.get(address, params=query or None)).json())

    def _post(self, address: str, *, accept: set[int] | None = None, **sent: Any) -> Json:
        """One key for all tries of one act: whatever happens on the way, it is done once."""
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        for wait in (1, 5, None):
            try:
                answer = self.http.post(address, headers=headers, **sent)
            except httpx.TransportError:
                if wait is None:
                    raise
            else:
                told_to_wait = answer.status_code in {409, 429} and "Retry-After" in answer.headers
                if wait is None or not (told_to_wait or answer.status_code >= 500):
                    return dict(_checked(answer, accept or set()).json())
            time.sleep(wait)
        raise AssertionError("the last try returns or raises")

    def _wait(self, ask: Callable[[], Any], enough: Callable[[Any], bool], seconds: float) -> Any:
        until = time.monotonic() + seconds
        while not enough(found := ask()):
            if time.monotonic() > until:
                raise TimeoutError(f"not within {seconds} s: {found}")
            time.sleep(0.5)
        return found


def _checked(answer: httpx.Response, accept: set[int] | None = None) -> httpx.Response:
    if answer.is_success or answer.status_code in (accept or set()):
        return answer
    raise Problem(answer.json())


def main(url: str, key: str, file: str, email: str) -> None:
    """The walk."""
    with Traza.connect(url, key) as traza:
        for line in traza.push(Path(file), notify="yes"):
            print(line["outcome"], line["file"], line["reason"])
            if line["document"]:
                follow(traza, line["document"]["id"], email, Path(file).with_suffix(".historial.pdf"))


def follow(traza: Traza, document: str, email: str, pdf: Path) -> None:
    """What became of one document."""
    for recipient in traza.wait_until_sent(document):
        print("  ", recipient["address"], recipient["state"], recipient["label"])
    for movement in traza.history(document):
        print("  ", movement["recorded_at"], movement["actor"], movement["sentence"])
    print("  ", traza.report(document, email=email, into=pdf))


if __name__ == "__main__":
    main(*sys.argv[1:])
