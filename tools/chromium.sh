#!/bin/sh
# Makes sure there is a Chromium for the browser tests; where that is not possible they are skipped and say so.
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && exit 0
done
command -v apt-get >/dev/null || exit 0
root=""
if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || exit 0
    root="sudo"
fi
echo "installing chromium for the browser tests …"
$root apt-get -qq update >/dev/null 2>&1
DEBIAN_FRONTEND=noninteractive $root apt-get -qq install -y --no-install-recommends chromium >/dev/null 2>&1
exit 0
