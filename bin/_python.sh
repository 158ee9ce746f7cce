# Finds a Python of at least 3.11 and leaves it in $PYTHON; sourced by the commands beside it.
cd "$(dirname "$0")/.."
for candidate in "${PYTHON:-}" python3.13 python3.12 python3.11 python3; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        PYTHON=$(command -v "$candidate")
        export PYTHON
        break
    fi
    [ "$candidate" != "${PYTHON:-}" ] || PYTHON=
done
if [ -z "${PYTHON:-}" ] || ! "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Hace falta Python 3.11 o más nuevo (PYTHON=/ruta/a/python3 lo indica)." >&2
    exit 1
fi
