#!/bin/sh
# The browser tests drive Debian's Chromium: install it where it is missing, or say what to do.
set -eu
if command -v chromium >/dev/null 2>&1; then
    exit 0
fi
run=""
if [ "$(id -u)" -ne 0 ]; then
    run="sudo -n"
fi
echo "installing Chromium for the browser tests" >&2
if command -v apt-get >/dev/null 2>&1 && $run apt-get -qq update &&
    DEBIAN_FRONTEND=noninteractive $run apt-get -qq install -y chromium >/dev/null; then
    exit 0
fi
echo "Chromium is missing and could not be installed; on Debian: sudo apt-get install chromium" >&2
exit 1
