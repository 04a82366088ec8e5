#!/bin/bash
# Installs what is needed and runs every test, in a release build: the damage tests try each bit of each fixture.
set -euo pipefail
cd "$(dirname "$0")/.."
source Tests/install.sh
# Some tests run the command as a person does.
swift build -c release --product pare -Xswiftc -enable-testing
swift test -c release -Xswiftc -enable-testing "$@"
