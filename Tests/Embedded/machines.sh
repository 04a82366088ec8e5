# How a program of firmware/ is linked for each machine and run; sourced, in the package's folder, by the scripts that do so, which call
# install_missing. A program is the array `program`: its sources, beside those of the machine, and flags of its own. `variant` is a
# library other than libpare, on Arm.

source Tests/install.sh
source Tests/Embedded/targets.sh
libraries=${PARE_BUILD:-.build}/pare-c

# What programs for Cortex-M are linked with and run on.
need qemu-system-arm qemu-system-arm
need arm-none-eabi-gcc gcc-arm-none-eabi
need /usr/lib/arm-none-eabi/lib/libc.a libnewlib-arm-none-eabi

machines=(m0 m4 m7 riscv wasm)
sources=Tests/Embedded/firmware
warnings=(-std=c99 -Wall -Wextra -Wpedantic -Wno-main -Werror)

link_host() { # OUTPUT
  "$tools/clang" -O2 "${warnings[@]}" -I "$sources" -I "$libraries/x86_64" "${program[@]}" "$sources/host.c" \
    "$libraries/x86_64/libpare.a" -fuse-ld=lld -Wl,--gc-sections -o "$1"
}

link_arm() { # OUTPUT LIBRARY ADDRESS-OF-IMAGE FLAGS...
  local output=$1 library=$2 image=$3
  shift 3
  # No library but the compiler's runtime and newlib's memcpy and the like: an allocation would find no malloc. Debian's newlib has
  # enums of another size than clang; pare.h has none.
  arm-none-eabi-gcc -mthumb "$@" -O2 -ffreestanding -ffunction-sections "${warnings[@]}" -I "$sources" -I "$libraries/$library" -nostdlib \
    "${program[@]}" "$sources/arm.c" "$sources/stack.c" "$libraries/$library/${variant:-libpare}.a" -Wl,--defsym=_image="$image" \
    -Wl,--gc-sections -Wl,--no-enum-size-warning -Wl,-z,noexecstack -T "$sources/arm.ld" -Wl,--start-group -lc -lgcc -Wl,--end-group -o "$output"
}

link_m0() { link_arm "$1" armv6m 0x21000000 -mcpu=cortex-m0plus -mfloat-abi=soft; }
link_m4() { link_arm "$1" armv7em-m4 0x21000000 -mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -mfloat-abi=hard; }
link_m7() { link_arm "$1" armv7em-m7 0x60000000 -mcpu=cortex-m7 -mfpu=fpv5-sp-d16 -mfloat-abi=hard; }

run_arm() { # BOARD ADDRESS-OF-IMAGE PROGRAM IMAGE
  timeout 300 qemu-system-arm -M "$1" -nographic -monitor none -serial none -semihosting-config enable=on,target=native \
    -kernel "$3" -device loader,file="$4",addr="$2",force-raw=on
}

# QEMU writes what a program prints through semihosting to its own standard error.
# A Cortex-M3 runs what a Cortex-M0 does; QEMU's board with the latter has too little memory.
run_m0() { run_arm mps2-an385 0x21000000 "$1" "$2" 2>&1; }
run_m4() { run_arm mps2-an386 0x21000000 "$1" "$2" 2>&1; }
run_m7() { run_arm mps2-an500 0x60000000 "$1" "$2" 2>&1; }

objects() { # OUTPUT MACHINE-SOURCES FLAGS...: compiles a program for a machine without a library; gives the array `objects`
  local output=$1 source
  local all=($2)
  shift 2
  objects=()
  for source in "${program[@]}" "${all[@]/#/$sources/}"; do
    # What is no source is a flag.
    [ "${source%.c}" = "$source" ] && continue
    objects+=("$output.$(basename "$source" .c).o")
    "$tools/clang" "$@" -O2 -ffreestanding -fno-builtin -ffunction-sections "${warnings[@]}" -I "$sources" -I "$work" \
      -c -o "${objects[-1]}" "$source"
  done
}

link_riscv() { # OUTPUT
  objects "$1" "riscv.c stack.c runtime.c" --target=riscv32-none-elf -march=rv32imafc_zicsr -mabi=ilp32f -I "$libraries/riscv32"
  "$tools/ld.lld" --gc-sections --defsym=_image=0x84000000 -T "$sources/riscv.ld" -o "$1" "${objects[@]}" "$libraries/riscv32/libpare.a"
}

run_riscv() { # PROGRAM IMAGE
  timeout 300 qemu-system-riscv32 -M virt -bios none -display none -monitor none -serial stdio -kernel "$1" \
    -device loader,file="$2",addr=0x84000000,force-raw=on
}

link_wasm() { # OUTPUT
  objects "$1" "wasm.c runtime.c" --target=wasm32-unknown-none -I "$libraries/wasm32"
  "$tools/wasm-ld" --no-entry --gc-sections --export=image_start --export=image_capacity --export=run_image \
    --export=printed_start --export=printed_size -o "$1" "${objects[@]}" "$libraries/wasm32/libpare.a"
}

run_wasm() { node "$sources/wasm.mjs" "$1" "$2"; }
