#!/bin/bash
# Builds the library for firmware: Tests/Embedded/build.sh [TARGET...], all of targets.sh unless told
#
# Gives pare.h and five libraries in .build/pare-c/TARGET: libpare.a, libpare-sequence.a (models with the operations of sequences
# alone), libpare-sequence-in-place.a (the same without entropy coding), libpare-reader.a (containers and tensors, no models),
# libpare-in-place.a (neither models nor entropy coding). PARE_OUTPUT is another folder. The same sources and compiler give the same
# bytes, wherever they are. Everything used comes with the Swift toolchain.
set -euo pipefail
cd "$(dirname "$0")/../.."
source Tests/Embedded/targets.sh
output=${PARE_OUTPUT:-${PARE_BUILD:-.build}/pare-c}

flags=()
interface() { # NAME: the interface of a module; in Embedded Swift, whoever uses it compiles what it uses
  swiftc "${flags[@]}" -module-name "$1" -emit-module -emit-module-path "$work/$1.swiftmodule" $(swift_files "Sources/$1")
}

library() { # LIBRARY FLAGS-AND-SOURCES...
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
# What programs call that only read, that only run a model, and all there is.
reading=(pare_open pare_tensor_at pare_tensor_named pare_decode pare_decode_rows)
running=(pare_open pare_model_sizes pare_model_open pare_model_step pare_model_reset)
everything=("${reading[@]}" "${running[@]:1}" pare_bank_at pare_bank_find pare_error_text)

size() { # LIBRARY FUNCTIONS...: the bytes of code and constants that a program which calls these needs
  local library=$1 sizes
  shift
  if [ "${target[1]}" = wasm32-unknown-none-wasm ]; then
    "$tools/wasm-ld" --no-entry --gc-sections --strip-all --allow-undefined "${@/#/--export=}" -o "$work/linked" "$library"
    sizes=$(stat -c %s "$work/linked")
  else
    "$tools/ld.lld" -r --gc-sections -e "$1" "${@/#/-u}" -o "$work/linked" "$library"
    sizes=$("$tools/llvm-objdump" --section-headers "$work/linked" | awk '$2 ~ /^\.(text|rodata)/ { print $3 }' |
      while read -r bytes; do echo $((16#$bytes)); done | paste -sd+)
  fi
  echo $((sizes))
}

told() { # LIBRARY WHAT FUNCTIONS...: prints and notes what a program that does this takes of it
  local library=$1 what=$2 bytes
  shift 2
  bytes=$(size "$library" "$@")
  echo "$(basename "$library") $bytes" >>"$(dirname "$library")/sizes"
  echo "$library: a program that $what takes $bytes bytes"
}

interfaces() { # FLAGS...: all that follows is compiled with these flags as well
  # Deleted, as the compiler takes no notice of other conditions in modules that are there.
  rm -rf "$work"
  mkdir -p "$work"
  flags+=("$@")
  interface PareFormat
  interface PareInference
}

build() { # TARGET
  select_target "$1"
  local out=$output/$1 name
  work=$out/work
  rm -rf "$out"
  mkdir -p "$out"
  cp Sources/CPare/include/pare.h "$out"
  flags=("${target[@]}" "${embedded[@]}" -no-allocations -I "$work" -I Sources/CPare/include -module-cache-path "$work/modules")
  interfaces
  library "$out/libpare.a" $(swift_files Sources/PareC)
  library "$out/libpare-reader.a" -D PARE_TENSORS_ALONE $(swift_files Sources/PareC | grep -v /Model/)
  library "$out/libpare-in-place.a" -D PARE_TENSORS_ALONE -D PARE_IN_PLACE_ALONE $(swift_files Sources/PareC | grep -v /Model/)
  interfaces -D PARE_SEQUENCE_MODELS
  library "$out/libpare-sequence.a" $(swift_files Sources/PareC)
  interfaces -D PARE_IN_PLACE_ALONE
  library "$out/libpare-sequence-in-place.a" $(swift_files Sources/PareC)
  : >"$out/sizes"
  for name in in-place reader; do told "$out/libpare-$name.a" "decodes" "${reading[@]}"; done
  for name in -sequence-in-place -sequence ""; do
    told "$out/libpare$name.a" "runs a model" "${running[@]}"
    echo "$out/libpare$name.a: one with all calls takes $(size "$out/libpare$name.a" "${everything[@]}")"
  done
  rm -rf "$work"
}

# Two at a time, each in a shell of its own.
jobs=0
for name in "${@:-${targets[@]}}"; do
  if [ "$jobs" = 2 ]; then
    wait -n
    jobs=1
  fi
  build "$name" &
  jobs=$((jobs + 1))
done
while [ "$jobs" -gt 0 ]; do
  wait -n
  jobs=$((jobs - 1))
done
