#!/bin/bash
# Runs the library on emulated machines and compares them with the host: Tests/Embedded/firmware.sh [MACHINE...]
#
# Each machine opens and decodes all fixtures, refuses the damaged ones with the code that the specification says, and runs 1000
# frames of each model: the bits have to be the host's. Builds what is missing of the library, so run build.sh after a change.
set -euo pipefail
cd "$(dirname "$0")/../.."
source Tests/Embedded/targets.sh
source Tests/Embedded/machines.sh
libraries=${PARE_BUILD:-.build}/pare-c
work=${PARE_BUILD:-.build}/firmware
mkdir -p "$work"
[ $# -gt 0 ] && machines=("$@")

image() { # BITS IMAGE [--results FILE]: fixtures, and models in one bank
  local bits=$1 image=$2
  shift 2
  python3 Tests/Embedded/firmware/image.py --bits "$bits" --valid Fixtures/valid --invalid Fixtures/invalid \
    --banks Fixtures/bank "${models[@]}" "$@" -o "$image"
}

# Models that other projects have published, as floats and quantized, where they are at hand.
models=(--models Fixtures/running)
data=${PARE_DATA:-../shared/data}
if [ -d "$data" ]; then
  pare=$(swift build -c release --show-bin-path)/pare
  [ -x "$pare" ] || swift build -c release --product pare
  rm -rf "$work/published" && mkdir -p "$work/published"
  for name in guitarml/gru4_ts9_pytorch.json guitarml/lstm8_ts9_pytorch.json nam/wavenet.nam; do
    model=$(basename "${name%.*}")
    "$pare" convert "$data/$name" -o "$work/published/$model.pare" >/dev/null
    "$pare" convert "$data/$name" -o "$work/published/$model-int8.pare" --quantize int8 --scale axis >/dev/null
  done
  models+=(--models "$work/published")
else
  echo "skipped: published models, which are not in $data"
fi

# The host computes what the others are to give. What is known without it, CRC-32 and codes, it is compared with itself.
echo "== host"
link_host "$work/host"
image 64 "$work/host.image"
"$work/host" "$work/host.image" >"$work/host.txt" || { cat "$work/host.txt" && exit 1; }
grep -v '^model' "$work/host.txt"
image 32 "$work/device.image" --results "$work/host.txt"

for machine in "${machines[@]}"; do
  echo "== $machine"
  "link_$machine" "$work/$machine"
  time_start=$SECONDS
  "run_$machine" "$work/$machine" "$work/device.image" >"$work/$machine.txt" ||
    { grep -v '^model' "$work/$machine.txt" | head -40 && echo "$machine: error: not as on the host" && exit 1; }
  grep -v '^model' "$work/$machine.txt"
  # All models were there, with the host's outputs.
  diff <(grep '^model' "$work/host.txt") <(grep '^model' "$work/$machine.txt")
  echo "$(grep -c '^model' "$work/$machine.txt") models, 1000 frames each, $((SECONDS - time_start)) s"
done
echo "firmware: the same bits on ${machines[*]} as on the host"
