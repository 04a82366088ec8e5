#!/bin/bash
# Builds the library for firmware: Tests/Embedded/build.sh [TARGET...], all of targets.sh unless told
#
# Gives libpare.a, libpare-reader.a (containers and tensors, no models) and pare.h in .build/pare-c/TARGET; PARE_OUTPUT is
# another folder. The same sources and compiler give the same bytes, wherever they are. Everything used comes with the Swift
# toolchain.
set -euo pipefail
cd "$(dirname "$0")/../.."
source Tests/Embedded/targets.sh
output=${PARE_OUTPUT:-${PARE_BUILD:-.build}/pare-c}

flags=()
interface() { # NAME: the interface of a module; in Embedded Swift, whoever uses it compiles what it uses
  swiftc "${flags[@]}" -module-name "$1" -emit-module -emit-module-path "$work/$1.swiftmodule" $(swift_files "Sources/$1")
}

library() { # LIBRARY SOURCES...
  local library=$1
  shift
  swiftc "${flags[@]}" -module-name PareC -c -o "$work/pare.o" "$@"
  # A hash of the compiler's own, in which the folder's name is; a module of WebAssembly has none.
  if [ "$("$tools/llvm-objdump" --section-headers "$work/pare.o" | grep -c swift_modhash)" != 0 ]; then
    "$tools/llvm-objcopy" --remove-section .swift_modhash "$work/pare.o"
  fi
  rm -f "$library"
  (cd "$work" && "$tools/llvm-ar" rcsD "$library" pare.o)
}

mkdir -p "$output"
output=$(cd "$output" && pwd)
build() { # TARGET
  select_target "$1"
  local out=$output/$1
  work=$out/work
  rm -rf "$out"
  mkdir -p "$work"
  flags=("${target[@]}" "${embedded[@]}" -no-allocations -I "$work" -I Sources/CPare/include -module-cache-path "$work/modules")
  interface PareFormat
  interface PareInference
  library "$out/libpare.a" $(swift_files Sources/PareC)
  library "$out/libpare-reader.a" $(swift_files Sources/PareC | grep -v /Model/)
  cp Sources/CPare/include/pare.h "$out"
  rm -rf "$work"
  echo "$1: libpare.a, libpare-reader.a and pare.h are in $out"
}

# Two at a time, each in a shell of its own.
running=0
for name in "${@:-${targets[@]}}"; do
  if [ "$running" = 2 ]; then
    wait -n
    running=1
  fi
  build "$name" &
  running=$((running + 1))
done
while [ "$running" -gt 0 ]; do
  wait -n
  running=$((running - 1))
done
