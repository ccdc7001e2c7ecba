#!/bin/sh
# Make .venv with the pinned versions; needs Python 3.11 or newer with pip, nothing else.
set -eu
python=""
for candidate in python3 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "Python 3.11 or newer is needed; on Debian: apt-get install python3 python3-venv" >&2
    exit 1
fi
if [ ! -x .venv/bin/python ]; then
    "$python" -m venv .venv 2>/dev/null || {
        rm -rf .venv
        "$python" -m pip install --quiet --user virtualenv 2>/dev/null ||
            "$python" -m pip install --quiet --user --break-system-packages virtualenv
        "$python" -m virtualenv --quiet .venv
    }
fi
.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
