#!/bin/sh
# Makes sure there is libical 3 for the tests that read calendars with it; where that is not possible they are skipped.
for folder in /usr/lib /usr/lib64 /usr/local/lib /opt/homebrew/lib; do
    [ -n "$(find "$folder" -maxdepth 2 -name 'libical.so.3*' -o -maxdepth 2 -name 'libical.3.dylib' 2>/dev/null)" ] && exit 0
done
command -v apt-get >/dev/null || exit 0
root=""
if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || exit 0
    root="sudo"
fi
echo "installing libical for the tests that read calendars with it …"
$root apt-get -qq update >/dev/null 2>&1
DEBIAN_FRONTEND=noninteractive $root apt-get -qq install -y --no-install-recommends libical3 >/dev/null 2>&1 ||
    DEBIAN_FRONTEND=noninteractive $root apt-get -qq install -y --no-install-recommends libical3t64 >/dev/null 2>&1
exit 0
