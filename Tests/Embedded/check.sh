#!/bin/bash
# Compiles PareFormat and PareInference as Embedded Swift and proves that they need no heap: Tests/Embedded/check.sh
#
# Gate 1: the compiler's -no-allocations. Gate 2: what firmware that uses the reader still needs after unused sections are
# gone, which may be memcpy and the like, and arithmetic of the compiler's own runtime. A control that takes memory from a
# heap must be refused by both. Gate 3: what is linked then has no variables (.data, .bss), and on Thumb-2 no more code and
# constants than its limit, and no more stack. Everything used here comes with the Swift toolchain, Python 3 aside.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${PARE_BUILD:-.build}/embedded
failed=0

source Tests/Embedded/targets.sh

# memcpy, memmove, memset under their names, and the compiler's runtime: 64-bit division, shifts, float conversions.
allowed='^(memcpy|memmove|memset|__aeabi_(mem(cpy|move|set|clr)[48]?|u?[il]div(mod)?|l(lsl|lsr|asr|mul)|f2d|d2f|[il]2[fd])|__(u?div|u?mod|mul|ashl|ashr|lshr)[sdt]i3)$'

undefined() { # ENTRY OBJECTS: what a demo needs from outside
  local entry=$1
  shift
  "$tools/ld.lld" -r --gc-sections -u "$entry" -e "$entry" -o "$build/linked.o" "$@"
  "$tools/llvm-nm" --undefined-only --format=just-symbols "$build/linked.o" | sort -u
}

sectionBytes() { # PATTERN: the bytes of the sections of what was linked last whose names match
  local size=0 bytes
  while read -r bytes; do size=$((size + 16#$bytes)); done < <(
    "$tools/llvm-objdump" --section-headers "$build/linked.o" | awk -v names="$1" '$2 ~ names { print $3 }')
  echo "$size"
}

# What each demo links, the most bytes of Thumb-2 that it may take, and of stack. Limits are what is reached, to be lowered:
# wanted are 6, 9 and 16 KB of code and constants, and 1 KB of stack to open and check a container of tensors in place.
declare -A contents=(
  [pareReadDemo]="reader, verifier and decoders in place"
  [pareCodedDemo]="the same with the entropy decoder"
  [pareLayerDemo]="the same with dense layers, convolutions over frames, LSTM, GRU and activations"
  [pareProductDemo]="the same with the model section, pooling and products in integers")
declare -A limits=([pareReadDemo]=5950 [pareCodedDemo]=12020 [pareLayerDemo]=18690 [pareProductDemo]=23190)
declare -A stacks=([pareReadDemo]=752 [pareCodedDemo]=6690)

for name in armv7em-m4 riscv32 x86_64; do
  select_target "$name"
  out=$build/$name
  rm -rf "$out" && mkdir -p "$out"
  flags=("${target[@]}" "${embedded[@]}")
  swiftc "${flags[@]}" -no-allocations -module-name PareFormat -emit-module -emit-module-path "$out/PareFormat.swiftmodule" \
    $(find Sources/PareFormat -name '*.swift' | sort) -c -o "$out/PareFormat.o"
  swiftc "${flags[@]}" -no-allocations -module-name PareInference -I "$out" -emit-module \
    -emit-module-path "$out/PareInference.swiftmodule" $(find Sources/PareInference -name '*.swift' | sort) \
    -c -o "$out/PareInference.o"
  swiftc "${flags[@]}" -no-allocations -module-name Demo -I "$out" Tests/Embedded/demo/*.swift -c -o "$out/Demo.o"
  echo "$name: PareFormat, PareInference and a caller compile without allocations"

  for entry in "${!limits[@]}"; do
    symbols=$(undefined "$entry" "$out/Demo.o" "$out/PareInference.o" "$out/PareFormat.o")
    refused=$(grep -vE "$allowed" <<<"$symbols" || true)
    if [ -n "$refused" ]; then
      echo "$name: error: $entry needs" $refused
      failed=1
    else
      echo "$name: $entry needs nothing but" $symbols
    fi
    size=$(sectionBytes '^\.(text|rodata)')
    echo "$name: $entry, ${contents[$entry]}: $size bytes of code and constants"
    if [ "$name" = armv7em-m4 ] && [ "$size" -gt "${limits[$entry]}" ]; then
      echo "$name: error: $entry is above its limit of ${limits[$entry]} bytes"
      failed=1
    fi
    if [ "$name" = armv7em-m4 ] && [ -n "${stacks[$entry]:-}" ]; then
      stack=$(python3 Tests/Embedded/stack.py "$tools/llvm-objdump" "$build/linked.o" "$entry" 2>/dev/null)
      echo "$name: $entry takes at most $stack bytes of stack"
      if [ "$stack" -gt "${stacks[$entry]}" ]; then
        echo "$name: error: $entry is above its limit of ${stacks[$entry]} bytes of stack"
        failed=1
      fi
    fi
    variables=$(sectionBytes '^\.(data|bss)')
    if [ "$variables" != 0 ]; then
      echo "$name: error: $entry has $variables bytes of variables"
      failed=1
    fi
  done

  # The controls: a gate that lets them pass is no gate.
  if swiftc "${flags[@]}" -no-allocations -module-name Control Tests/Embedded/control/Allocates.swift -c \
    -o "$out/Control.o" 2>"$out/control.txt"; then
    echo "$name: error: -no-allocations lets an array pass"
    failed=1
  fi
  swiftc "${flags[@]}" -module-name Control Tests/Embedded/control/Allocates.swift -c -o "$out/Control.o"
  if undefined pareDemo "$out/Control.o" | grep -qvE "$allowed"; then
    echo "$name: both gates refuse the control"
  else
    echo "$name: error: the gate for symbols lets an array pass"
    failed=1
  fi
done
[ "$failed" = 0 ] && echo "embedded: no heap, on 3 targets"
exit "$failed"
