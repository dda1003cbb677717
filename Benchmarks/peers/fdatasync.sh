#!/usr/bin/env bash
# The disk's own limit: 4 KiB written over a file that exists, then fdatasync.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"

need gcc libc6-dev
compile fdatasync_probe -lssl -lcrypto
"$build/fdatasync_probe" "$work" "$seconds"
