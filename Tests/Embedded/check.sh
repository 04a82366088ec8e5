#!/bin/bash
# Compiles PareFormat and PareInference as Embedded Swift and proves that they need no heap: Tests/Embedded/check.sh
#
# Gate 1: the compiler's -no-allocations. Gate 2: what firmware that uses the reader still needs after unused sections are
# gone, which may be memcpy and the like, and arithmetic of the compiler's own runtime. A control that takes memory from a
# heap must be refused by both. Everything used here comes with the Swift toolchain.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${PARE_BUILD:-.build}/embedded
tools=$(dirname "$(readlink -f "$(command -v swiftc)")")
failed=0

common=(-enable-experimental-feature Embedded -enable-experimental-feature Lifetimes -swift-version 6
  -strict-memory-safety -warnings-as-errors -enable-upcoming-feature ExistentialAny -enable-upcoming-feature MemberImportVisibility
  -enable-upcoming-feature InternalImportsByDefault
  -wmo -Osize -parse-as-library -Xfrontend -disable-stack-protector -Xfrontend -function-sections
  -Xllvm -enable-machine-outliner=never)
armv7em=(-target armv7em-none-none-eabi -Xcc -mcpu=cortex-m4 -Xcc -mfpu=fpv4-sp-d16 -Xcc -mfloat-abi=hard)
riscv32=(-target riscv32-none-none-eabi -Xcc -march=rv32imafc -Xcc -mabi=ilp32f)
x86_64=(-target x86_64-unknown-linux-gnu)

# memcpy, memmove, memset under their names, and the compiler's runtime: 64-bit division, shifts, float conversions.
allowed='^(memcpy|memmove|memset|__aeabi_(mem(cpy|move|set|clr)[48]?|u?[il]div(mod)?|l(lsl|lsr|asr|mul)|f2d|d2f|[il]2[fd])|__(u?div|u?mod|mul|ashl|ashr|lshr)[sdt]i3)$'

undefined() { # ENTRY OBJECTS: what a demo needs from outside
  local entry=$1
  shift
  "$tools/ld.lld" -r --gc-sections -u "$entry" -e "$entry" -o "$build/linked.o" "$@"
  "$tools/llvm-nm" --undefined-only --format=just-symbols "$build/linked.o" | sort -u
}

for name in armv7em riscv32 x86_64; do
  declare -n target=$name
  out=$build/$name
  rm -rf "$out" && mkdir -p "$out"
  flags=("${target[@]}" "${common[@]}")
  swiftc "${flags[@]}" -no-allocations -module-name PareFormat -emit-module -emit-module-path "$out/PareFormat.swiftmodule" \
    $(find Sources/PareFormat -name '*.swift' | sort) -c -o "$out/PareFormat.o"
  swiftc "${flags[@]}" -no-allocations -module-name PareInference -I "$out" -emit-module \
    -emit-module-path "$out/PareInference.swiftmodule" $(find Sources/PareInference -name '*.swift' | sort) \
    -c -o "$out/PareInference.o"
  swiftc "${flags[@]}" -no-allocations -module-name Demo -I "$out" Tests/Embedded/demo/*.swift -c -o "$out/Demo.o"
  echo "$name: PareFormat, PareInference and a caller compile without allocations"

  for entry in pareDemo pareProductDemo; do
    symbols=$(undefined "$entry" "$out/Demo.o" "$out/PareInference.o" "$out/PareFormat.o")
    refused=$(grep -vE "$allowed" <<<"$symbols" || true)
    if [ -n "$refused" ]; then
      echo "$name: error: $entry needs" $refused
      failed=1
    else
      echo "$name: $entry needs nothing but" $symbols
    fi
    size=0
    while read -r bytes; do size=$((size + 16#$bytes)); done < <(
      "$tools/llvm-objdump" --section-headers "$build/linked.o" | awk '$2 ~ /^\.(text|rodata)/ { print $3 }')
    if [ "$entry" = pareDemo ]; then what="open, check, decode and walk"; else what="open, check, and the arithmetic of layers"; fi
    echo "$name: $what are $size bytes of code and constants"
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
