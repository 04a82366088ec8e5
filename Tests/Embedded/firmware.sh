#!/bin/bash
# Runs the library on emulated machines and compares them with the host: Tests/Embedded/firmware.sh [MACHINE...]
#
# Each machine opens and decodes all fixtures, refuses the damaged ones with the code that the specification says, and runs 1000
# frames of each model: the bits have to be the host's. build.sh has to have built the library.
set -euo pipefail
cd "$(dirname "$0")/../.."
source Tests/Embedded/machines.sh
need qemu-system-riscv32 qemu-system-misc
need node nodejs
install_missing
work=${PARE_BUILD:-.build}/firmware
mkdir -p "$work"
[ $# -gt 0 ] && machines=("$@")

image() { # BITS IMAGE [--results FILE]: fixtures, and models in one bank
  local bits=$1 image=$2
  shift 2
  python3 Tests/Embedded/firmware/image.py --bits "$bits" --valid Fixtures/valid --invalid Fixtures/invalid \
    --banks Fixtures/bank "${models[@]}" "$@" -o "$image"
}

# Compares the deepest stacks, of containers in place and entropy coded, with those allowed in stack_limits.txt.
check_stack() { # OUTPUT-OF-THE-PROGRAM
  local call in_place coded depth_in_place depth_coded
  while read -r call in_place coded; do
    read -r depth_in_place depth_coded < <(sed -n "s/^stack $call //p" "$1")
    if [ "$depth_in_place" -gt "$in_place" ] || [ "$depth_coded" -gt "$coded" ]; then
      echo "error: $call takes $depth_in_place and $depth_coded bytes of stack, above $in_place and $coded" && return 1
    fi
  done <Tests/Embedded/stack_limits.txt
}

# Compares the code and constants that running a model takes of a library, all forms of tensors included, with a limit.
check_size() { # LIBRARY LIMIT
  "$tools/ld.lld" -r --gc-sections -e pare_open -u pare_model_open -u pare_model_step -o "$work/linked.o" "$libraries/armv7em-m4/$1.a"
  local size
  size=$("$tools/llvm-objdump" --section-headers "$work/linked.o" |
    python3 -c 'import sys; print(sum(int(f[2], 16) for f in map(str.split, sys.stdin) if f[1:] and f[1].startswith((".text", ".rodata"))))')
  echo "$1: $size bytes of code and constants to open and run a model"
  [ "$size" -le "$2" ] || { echo "error: above the limit of $2 bytes" && return 1; }
}

# Models of each operation, and of each form of weights: those in place, and entropy coded.
pare=$(swift build -c release --show-bin-path)/pare
[ -x "$pare" ] || swift build -c release --product pare
rm -rf "$work/forms" "$work/coded" "$work/published" && mkdir -p "$work/forms" "$work/coded"
python3 Tests/Embedded/firmware/forms.py "$work/forms"
python3 Tests/Embedded/instructions/layers.py 24 80 >"$work/layer.json"
"$pare" convert "$work/layer.json" -o "$work/coded/coded-dense.pare" --quantize int8 --scale axis >/dev/null
# Smaller ones are not written as a mask and values.
python3 Tests/Embedded/instructions/layers.py 64 256 >"$work/layer.json"
"$pare" convert "$work/layer.json" -o "$work/coded/coded-sparse.pare" --quantize int8 --scale axis --prune sparsity=0.8 >/dev/null
models=(--models Fixtures/running --models "$work/forms" --models "$work/coded")

# Models that other projects have published, as floats and quantized, where they are at hand.
data=${PARE_DATA:-../shared/data}
if [ -d "$data" ]; then
  mkdir -p "$work/published"
  for name in guitarml/gru4_ts9_pytorch.json guitarml/lstm8_ts9_pytorch.json nam/wavenet.nam; do
    model=$work/published/$(basename "${name%.*}")
    "$pare" convert "$data/$name" -o "$model.pare" --profile in-place >/dev/null
    "$pare" convert "$data/$name" -o "$model-int8.pare" --profile in-place --quantize int8 --scale axis >/dev/null
    "$pare" convert "$data/$name" -o "$model-compact.pare" --quantize int8 --scale axis >/dev/null
  done
  models+=(--models "$work/published")
else
  echo "skipped: published models, which are not in $data"
fi

# The guide's example, word for word, with the model that it is about.
"$pare" convert Tests/Embedded/firmware/amp.json -o "$work/amp.pare" --quantize int8 --profile in-place --force >/dev/null
"$pare" export "$work/amp.pare" --to c -o "$work/amp.c" --force >/dev/null
sed -n '/^```c$/,/^```$/ { /^```/d; p; }; /^void amp_silence/q' Spec/EMBEDDING.md >"$work/guide_example.h"
guide=(Tests/Embedded/firmware/guide.c "$work/amp.c" -I "$work")
main=(Tests/Embedded/firmware/main.c Sources/CPare/pare.c)

# The host computes what the others are to give. What is known without it, CRC-32 and codes, it is compared with itself.
echo "== host"
program=("${guide[@]}")
link_host "$work/guide-host"
: >"$work/empty.image"
"$work/guide-host" "$work/empty.image" | tee "$work/guide.txt"
program=("${main[@]}")
link_host "$work/host"
image 64 "$work/host.image"
"$work/host" "$work/host.image" >"$work/host.txt" || { cat "$work/host.txt" && exit 1; }
grep -v '^model' "$work/host.txt"
image 32 "$work/device.image" --results "$work/host.txt"

for machine in "${machines[@]}"; do
  echo "== $machine"
  program=("${guide[@]}")
  "link_$machine" "$work/guide-$machine"
  "run_$machine" "$work/guide-$machine" "$work/empty.image" | diff "$work/guide.txt" -
  program=("${main[@]}")
  "link_$machine" "$work/$machine"
  time_start=$SECONDS
  "run_$machine" "$work/$machine" "$work/device.image" >"$work/$machine.txt" ||
    { grep -v '^model' "$work/$machine.txt" | head -40 && echo "$machine: error: not as on the host" && exit 1; }
  grep -v '^model' "$work/$machine.txt"
  # All models were there, with the host's outputs.
  diff <(grep '^model' "$work/host.txt") <(grep '^model' "$work/$machine.txt")
  if [ "$machine" = m4 ]; then
    check_stack "$work/$machine.txt"
    # What is reached, to be lowered: wanted are 16 KB for sequences alone.
    check_size libpare 41530
    check_size libpare-sequence 31470
    check_size libpare-sequence-in-place 23710
  fi
  echo "$(grep -c '^model' "$work/$machine.txt") models, 1000 frames each, $((SECONDS - time_start)) s"
done

# The libraries of models over sequences run those that they run with the same bits, and refuse all others; that without entropy coding
# refuses those that have a coded tensor.
sequences() { # LIBRARY CODED: the file that names the models refused for being coded
  echo "== m4, $1"
  variant=$1 link_m4 "$work/sequence"
  run_m4 "$work/sequence" "$work/models.image" >"$work/sequence.txt" || { cat "$work/sequence.txt" && exit 1; }
  local run refused coded
  run=$(grep -c '^model' "$work/sequence.txt")
  refused=$(grep -c '^left out' "$work/sequence.txt")
  coded=$(wc -l <"$2")
  if [ "$(grep '^model' "$work/sequence.txt" | grep -Fxc -f "$work/host.txt")" != "$run" ] ||
    ! diff <(sed -n 's/^coded //p' "$work/sequence.txt" | sort) <(sort "$2") ||
    [ $((run + refused + coded)) != "$(grep -c '^model' "$work/host.txt")" ]; then
    cat "$work/sequence.txt" && echo "error: not as on the host" && exit 1
  fi
  echo "$run models as on the host, $refused with operations that are left out, $coded that are entropy coded"
}

if [[ " ${machines[*]} " == *" m4 "* ]]; then
  python3 Tests/Embedded/firmware/image.py --bits 32 "${models[@]}" -o "$work/models.image"
  sequences libpare-sequence /dev/null
  for file in Fixtures/running/*.pare "$work"/{forms,coded,published}/*.pare; do
    [ -f "$file" ] && "$pare" inspect --json "$file" | grep -q '^        "position": "coded' && basename "$file" .pare
  done >"$work/coded.txt" || true
  sequences libpare-sequence-in-place "$work/coded.txt"
fi
echo "firmware: the same bits on ${machines[*]} as on the host"
