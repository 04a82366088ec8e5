# Installs what the scripts beside this file need and the machine lacks; sourced by them. Debian and its relatives.

need() { # COMMAND-OR-HEADER PACKAGE
  if [ "${1#/}" != "$1" ]; then [ -e "$1" ] && return; else command -v "$1" >/dev/null && return; fi
  missing+=("$2")
}

install_missing() {
  if [ ${#missing[@]} -gt 0 ]; then
    local as_root=()
    [ "$(id -u)" = 0 ] || as_root=(sudo)
    "${as_root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
    missing=()
  fi
}

missing=()
if [ "$(uname)" = Linux ]; then
  need /usr/include/zlib.h zlib1g-dev
  need python3 python3-minimal
  install_missing
fi
command -v swift >/dev/null || { echo "swift 6.3 or later is needed: https://swift.org/install" >&2; exit 1; }
