# The machines that the library is built for, and the compiler's flags; sourced by the scripts beside this file.
#
# `target` is an array of a machine's flags for swiftc, chosen by `select_target NAME`.

targets=(armv7em-m4 armv7em-m7 armv6m riscv32 wasm32 x86_64)

# With -Osize the compiler of Swift 6.3 joins loads through r10 into one that moves r10, which the caller still needs: methods of
# large structures then read from wrong places. Costs 2 % in size.
thumb2=(-Xllvm -arm-load-store-opt=false)

select_target() { # NAME
  case $1 in
    armv7em-m4) target=(-target armv7em-none-none-eabi "${thumb2[@]}" -Xcc -mcpu=cortex-m4 -Xcc -mfpu=fpv4-sp-d16 -Xcc -mfloat-abi=hard) ;;
    armv7em-m7) target=(-target armv7em-none-none-eabi "${thumb2[@]}" -Xcc -mcpu=cortex-m7 -Xcc -mfpu=fpv5-sp-d16 -Xcc -mfloat-abi=hard) ;;
    armv6m) target=(-target armv6m-none-none-eabi -Xcc -mcpu=cortex-m0plus -Xcc -mfloat-abi=soft) ;;
    riscv32) target=(-target riscv32-none-none-eabi -Xcc -march=rv32imafc -Xcc -mabi=ilp32f) ;;
    wasm32) target=(-target wasm32-unknown-none-wasm) ;;
    x86_64) target=(-target x86_64-unknown-linux-gnu) ;;
    *) echo "no target is named $1" >&2 && return 1 ;;
  esac
}

# Outlining makes inner loops slower, and with them the whole larger. Tables instead of comparisons, and a trap of its own for each check,
# are larger too. Functions that are alike stay apart: joined they call through pointers, which hides their stack from stack.py.
embedded=(-enable-experimental-feature Embedded -enable-experimental-feature Lifetimes -enable-experimental-feature AddressableParameters -swift-version 6
  -strict-memory-safety -warnings-as-errors -enable-upcoming-feature ExistentialAny
  -enable-upcoming-feature MemberImportVisibility -enable-upcoming-feature InternalImportsByDefault
  -wmo -Osize -parse-as-library -Xfrontend -disable-stack-protector -Xfrontend -function-sections
  -Xllvm -enable-machine-outliner=never -Xllvm -switch-to-lookup=false -Xllvm -swiftmergefunc-threshold=0 -Xfrontend -mergeable-traps -Xcc -ffreestanding)

tools=$(dirname "$(readlink -f "$(command -v swiftc)")")

swift_files() { find "$@" -name '*.swift' | LC_ALL=C sort; }
