"""Writes QuantizeExpected.swift: scales, zero points and codes of two small tensors, computed from the formulas
in exact rational arithmetic (Python's fractions), with f32 and f16 roundings by `struct`.

Run it in this folder: python3 QuantizeExpected.py > QuantizeExpected.swift
"""

import struct
from fractions import Fraction
from math import floor

ROWS, COLUMNS, GROUP = 4, 12, 5


def f32(x):
    """The f32 nearest to an exact number below the f32 limit, ties to even."""
    if x == 0:
        return Fraction(0)
    exponent = 0
    while abs(x) >= 2 ** (exponent + 1):
        exponent += 1
    while abs(x) < Fraction(2) ** exponent:
        exponent -= 1
    unit = Fraction(2) ** (max(exponent, -126) - 23)
    return even(x / unit) * unit


def bits(x):
    return struct.unpack("<I", struct.pack("<f", float(x)))[0]


def half_up(x):
    """The least f16 not below x."""
    half = struct.unpack("<H", struct.pack("<e", float(x)))[0]
    value = Fraction(struct.unpack("<e", struct.pack("<H", half))[0])
    return value if value >= x else Fraction(struct.unpack("<e", struct.pack("<H", half + 1))[0])


def even(x):
    low = floor(x)
    rest = x - low
    return low + (1 if rest > Fraction(1, 2) or (rest == Fraction(1, 2) and low % 2) else 0)


def away(x):
    return floor(x + Fraction(1, 2)) if x >= 0 else -floor(-x + Fraction(1, 2))


def weights(which):
    """Multiples of 2^-10 in general position; multiples of 2^-7 whose largest is 127 / 64, full of ties."""
    n = range(ROWS * COLUMNS)
    if which == "general":
        return [Fraction((i * i * 37 + i * 101) % 4099 - 2000, 1024) for i in n]
    return [Fraction(254 if i % COLUMNS == 3 else (i * i * 29 + i * 17) % 509 - 254, 128) for i in n]


def slices(layout):
    """Lists of element indices that share a scale."""
    if layout == "tensor":
        return [list(range(ROWS * COLUMNS))]
    if layout == "axis:0":
        return [[r * COLUMNS + c for c in range(COLUMNS)] for r in range(ROWS)]
    if layout == "axis:1":
        return [[r * COLUMNS + c for r in range(ROWS)] for c in range(COLUMNS)]
    starts = range(0, COLUMNS, GROUP)
    return [[r * COLUMNS + c for c in range(s, min(s + GROUP, COLUMNS))] for r in range(ROWS) for s in starts]


def quantize(w, quantization, layout, scheme, convention, half):
    scales, zeros, codes = [], [], [None] * len(w)
    for part in slices(layout):
        low = min([Fraction(0)] + [w[i] for i in part])
        high = max([Fraction(0)] + [w[i] for i in part])
        largest = max(-low, high)
        zero = 0
        if quantization == "pow2":
            b = 60
            while not (even(high * Fraction(2) ** b) <= 127 and even(low * Fraction(2) ** b) >= -128):
                b -= 1
            scale, code = Fraction(1, 2 ** b), lambda x, s: even(x / s)
        elif quantization.startswith("pow2:"):
            scale, code = Fraction(1, 2 ** int(quantization[5:])), lambda x, s: even(x / s)
        elif quantization.startswith("step:size="):
            scale, code = f32(Fraction(quantization[10:])), lambda x, s: even(x / s)
        elif quantization == "int1" and scheme == "symmetric":
            kept = [abs(w[i]) for i in part if w[i] != 0]
            scale, code = f32(sum(kept) / len(kept)), lambda x, s: (x > 0) - (x < 0)
        else:
            width = int(quantization[3:])
            if scheme == "symmetric":
                limit = 2 ** (width - 1) - 1
                scale = f32(largest / limit)
                low_code, high_code = -limit, limit
            elif convention == "onnx":
                # DynamicQuantizeLinear, each step in f32.
                scale = f32(f32(high - low) / (2 ** width - 1))
                low_code, high_code = -(2 ** (width - 1)), 2 ** (width - 1) - 1
            else:
                scale = f32((high - low) / (2 ** width - 1))
                low_code, high_code = -(2 ** (width - 1)), 2 ** (width - 1) - 1
            if half:
                scale = half_up(scale)
            if scheme == "affine":
                down = f32(0 - f32(low / scale)) if convention == "onnx" else -low / scale
                zero = even(min(down, high_code - low_code)) + low_code
            rounding = away if convention == "tflite" else even
            division = f32 if convention == "onnx" else lambda x: x

            def code(x, s):
                return max(low_code, min(high_code, rounding(division(x / s)) + zero))

        for i in part:
            codes[i] = code(w[i], scale)
        scales.append(scale)
        zeros.append(zero)
    return scales, zeros if scheme == "affine" else [], codes


CASES = [
    ("general", q, layout, scheme, convention, half)
    for q, layout, scheme, convention, half in [
        ("int8", "tensor", "symmetric", "none", False),
        ("int8", "axis:0", "symmetric", "none", False),
        ("int8", "axis:1", "symmetric", "none", True),
        ("int4", "group:5", "symmetric", "none", True),
        ("int4", "group:5", "symmetric", "none", False),
        ("int2", "tensor", "symmetric", "none", False),
        ("int16", "axis:0", "symmetric", "none", False),
        ("int14", "axis:0", "symmetric", "none", True),
        ("int1", "axis:0", "symmetric", "none", False),
        ("int1", "tensor", "affine", "none", False),
        ("int8", "tensor", "affine", "none", False),
        ("int3", "axis:1", "affine", "none", False),
        ("int8", "group:5", "affine", "none", True),
        ("int8", "tensor", "affine", "onnx", False),
        ("int8", "axis:0", "affine", "onnx", False),
        ("int16", "tensor", "affine", "onnx", False),
        ("int8", "axis:0", "symmetric", "onnx", False),
        ("int8", "axis:0", "symmetric", "tflite", False),
        ("pow2", "tensor", "symmetric", "none", False),
        ("pow2:9", "tensor", "symmetric", "none", False),
        ("pow2:3", "tensor", "symmetric", "none", False),
        ("step:size=0.037", "tensor", "symmetric", "none", False),
    ]
] + [
    ("ties", "int8", "axis:0", "symmetric", "none", False),
    ("ties", "int8", "axis:0", "symmetric", "onnx", False),
    ("ties", "int8", "axis:0", "symmetric", "tflite", False),
    ("ties", "pow2:6", "tensor", "symmetric", "none", False),
    ("ties", "pow2", "axis:0", "symmetric", "none", False),
]


def array(values):
    return "[" + ", ".join(str(v) for v in values) + "]"


print("// Written by QuantizeExpected.py.")
print("// swift-format-ignore-file\n\nimport PareEncode\n")
print("enum QuantizeExpected {")
for which in ["general", "ties"]:
    unit = 1024 if which == "general" else 128
    print(f"  /// In units of 1 / {unit}.")
    print(f"  static let {which}: [Int] = {array(int(x * unit) for x in weights(which))}")
print("\n  static let cases: [QuantizeCase] = [")
for which, quantization, layout, scheme, convention, half in CASES:
    scales, zeros, codes = quantize(weights(which), quantization, layout, scheme, convention, half)
    suffix = (",f16" if half else ",f32") if layout != "tensor" or half else ""
    print(f'    QuantizeCase(weights: "{which}", quantization: "{quantization}", layout: "{layout}{suffix}", '
          f'scheme: .{scheme}, convention: "{convention}",')
    print(f"      scaleBits: {array(bits(s) for s in scales)},")
    print(f"      zeroPoints: {array(zeros)},")
    print(f"      codes: {array(codes)}),")
print("  ]\n}")
