#!/usr/bin/env python3
"""Runs a container's model (FORMAT.md, section 10.4) in float64 over whole signals: an independent check of graphs and of readers.

usage: run_model.py MODEL.pare INPUT.csv [--zeros N] [--column N] [--divide N] [--features] [--compare EXPECTED.csv TOLERANCE]

INPUT.csv has a frame a line; --column takes one column of it, --divide divides it; with --features a frame's elements stand
a line each. --zeros runs so many frames of zeros first and drops what comes out for them. Without --compare the output is
printed, a frame a line; with it the largest difference to EXPECTED.csv (of its column --column, if given) is, and the exit
status is 1 above TOLERANCE.

Tensors are decoded by Spec/reference/decode.py; numpy is needed.
"""

import math
import os
import struct
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Spec", "reference"))
import decode  # noqa: E402

KINDS = {
    1: ("dense", 1, 2, 0), 2: ("conv1d", 1, 2, 4), 3: ("transposedConv1d", 1, 2, 2), 4: ("streamingConv2d", 1, 2, 3),
    5: ("conv2d", 1, 2, 9), 6: ("lstm", 1, 5, 0), 7: ("gru", 1, 5, 1), 8: ("batchNorm", 1, 4, 0), 9: ("prelu", 1, 1, 0),
    10: ("activation", 1, 0, 1), 11: ("pool2d", 1, 0, 7), 12: ("pool1d", 1, 0, 3), 13: ("flatten", 1, 0, 0),
    14: ("add", 2, 0, 0), 15: ("multiply", 2, 0, 0), 16: ("concatenate", 2, 0, 0), 17: ("slice", 1, 0, 2),
    18: ("embedding", 1, 1, 0), 19: ("scaler", 1, 2, 0), 20: ("gain", 1, 1, 0),
}


class Model:
    """The section's fields; `operations` are (kind, inputs, tensors, attributes, parameter)."""

    def __init__(self, container):
        self.container = container
        fields = self.find(container)
        self.state_count, self.scratch_count = fields.leb128(), fields.leb128()
        self.inputs = [(self.text(fields), [fields.leb128() for _ in range(fields.u8())]) for _ in range(fields.leb128())]
        self.operations = [self.operation(fields, len(self.inputs) + i) for i in range(fields.leb128())]
        count = len(self.inputs) + len(self.operations)
        self.outputs = [(self.text(fields), count - fields.leb128()) for _ in range(fields.leb128())]
        self.facts = {self.text(fields): self.text(fields) for _ in range(fields.leb128())}
        assert fields.offset == fields.end

    @staticmethod
    def find(container):
        data, offset, last = container.data, 12, False
        while not last:
            cursor = decode.Cursor(data, offset, len(data), True, lambda field: decode.Refused("truncated", field))
            type_field = cursor.u8()
            size = cursor.leb128()
            if type_field & 0x7F == 67:
                return decode.Cursor(
                    data, cursor.offset, cursor.offset + size, True, lambda field: decode.Refused("sectionOverrun", field))
            offset, last = cursor.offset + size + 4, type_field & 0x80 != 0
        sys.exit("this container has no model")

    @staticmethod
    def text(fields):
        return bytes(fields.bytes(fields.u8())).decode("utf-8")

    def operation(self, fields, number):
        kind, reads, tensors, attributes = KINDS[fields.u8()]
        inputs = [number - fields.leb128() for _ in range(reads)]
        tensors = [self.tensor(fields.leb128() - 1) for _ in range(tensors)]
        attributes = [fields.leb128() for _ in range(attributes)]
        has_parameter = kind == "batchNorm" or kind == "activation" and attributes[0] in (4, 5)
        parameter = struct.unpack("<f", fields.bytes(4))[0] if has_parameter else 0
        return kind, inputs, tensors, attributes, parameter

    def tensor(self, index):
        if index < 0:
            return None
        bits = np.array(decode.decode_tensor(self.container, index), dtype=np.uint32)
        return bits.view(np.float32).astype(np.float64).reshape(self.container.tensors[index].shape)

    def run(self, frames):
        """All outputs for `frames`, an array of [frames, elements]."""
        values, start = [], 0
        for _, shape in self.inputs:
            size = int(np.prod(shape))
            values.append(frames[:, start:start + size].reshape([-1] + shape))
            start += size
        for kind, inputs, tensors, attributes, parameter in self.operations:
            values.append(OPERATIONS[kind](*[values[i] for i in inputs], *tensors, *attributes, parameter=parameter))
        return np.concatenate([values[i].reshape(len(values[i]), -1) for _, i in self.outputs], axis=1)


def sigmoid(x):
    return 0.5 * (1 + np.tanh(0.5 * x))


def biased(y, bias):
    return y if bias is None else y + bias.reshape(-1)


def dense(x, weight, bias, parameter):
    return biased(x @ (weight.reshape(1, -1) if weight.ndim == 1 else weight).T, bias)


def conv1d(x, weight, bias, stride, dilation, groups, padding, parameter):
    out, _, size = weight.shape
    reach = (size - 1) * dilation
    padded = np.concatenate([np.zeros((reach,) + x.shape[1:]), x])
    parts = []
    for rows, channels in zip(np.split(weight, groups), np.split(padded, groups, axis=1)):
        parts.append(sum(channels[j * dilation:j * dilation + len(x)] @ rows[:, :, j].T for j in range(size)))
    y = biased(np.concatenate(parts, axis=1), bias)
    return y[(reach if padding else 0)::stride]


def transposed_conv1d(x, weight, bias, stride, padding, parameter):
    out, _, size = weight.shape
    y = np.zeros((len(x) * stride + max(size - stride, 0), out))
    for j in range(size):
        y[j:j + len(x) * stride:stride] += x @ weight[:, :, j].T
    # What later input frames would still change has not come yet.
    return biased(y[padding:(len(x) - 1) * stride + min(size - 1 - padding, stride - 1) + 1], bias)


def streaming_conv2d(x, weight, bias, stride, dilation, same, parameter):
    out, _, time, size = weight.shape
    features = x.shape[1]
    count = -(-features // stride) if same else (features - size) // stride + 1
    total = max(0, (count - 1) * stride + size - features) if same else 0
    x = np.pad(x, [((time - 1) * dilation, 0), (total // 2, total - total // 2), (0, 0)])
    length = len(x) - (time - 1) * dilation
    y = np.zeros((length, count, out))
    for a in range(time):
        for b in range(size):
            part = x[a * dilation:a * dilation + length, b:b + (count - 1) * stride + 1:stride]
            y += part @ weight[:, :, a, b].T
    return biased(y, bias)


def conv2d(x, weight, bias, sy, sx, dy, dx, top, left, bottom, right, groups, parameter):
    out, _, kh, kw = weight.shape
    x = np.pad(x, [(0, 0), (0, 0), (top, bottom), (left, right)])
    rows, columns = (x.shape[2] - ((kh - 1) * dy + 1)) // sy + 1, (x.shape[3] - ((kw - 1) * dx + 1)) // sx + 1
    parts = []
    for filters, channels in zip(np.split(weight, groups), np.split(x, groups, axis=1)):
        y = 0
        for a in range(kh):
            for b in range(kw):
                part = channels[:, :, a * dy:a * dy + (rows - 1) * sy + 1:sy, b * dx:b * dx + (columns - 1) * sx + 1:sx]
                y = y + np.einsum("tihw,oi->tohw", part, filters[:, :, a, b])
        parts.append(y)
    y = np.concatenate(parts, axis=1)
    return y if bias is None else y + bias.reshape(1, -1, 1, 1)


def biases(bias, recurrent_bias):
    """A bias of two rows is both."""
    if bias is not None and recurrent_bias is None and bias.ndim == 2 and bias.shape[0] == 2:
        return bias[0], bias[1]
    return [0 if b is None else b.reshape(-1) for b in (bias, recurrent_bias)]


def lstm(x, kernel, recurrent, bias, recurrent_bias, initial, parameter):
    units = len(kernel) // 4
    if recurrent is None:
        kernel, recurrent = kernel[:, :-units], kernel[:, -units:]
    first, second = biases(bias, recurrent_bias)
    h, c = np.zeros((2, units)) if initial is None else initial.reshape(2, units)
    y = np.zeros((len(x), units))
    products = x @ kernel.T + first + second
    for t in range(len(x)):
        i, f, g, o = np.split(products[t] + recurrent @ h, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        y[t] = h = sigmoid(o) * np.tanh(c)
    return y


def gru(x, kernel, recurrent, bias, recurrent_bias, initial, order, parameter):
    units = len(kernel) // 3
    first, second = biases(bias, recurrent_bias)
    h = np.zeros(units) if initial is None else initial.reshape(-1)
    y = np.zeros((len(x), units))
    products = x @ kernel.T + first
    for t in range(len(x)):
        a, b = np.split(products[t], 3), np.split(recurrent @ h + second, 3)
        if order == 1:
            a, b = [a[1], a[0], a[2]], [b[1], b[0], b[2]]
        r, z = sigmoid(a[0] + b[0]), sigmoid(a[1] + b[1])
        y[t] = h = (1 - z) * np.tanh(a[2] + r * b[2]) + z * h
    return y


def per_channel(vector, x):
    """A vector over the channel axis: of images the first one, else the last."""
    if vector is None or vector.size == 1:
        return vector
    return vector.reshape((-1, 1, 1) if x.ndim == 4 else (-1,))


def batch_norm(x, mean, variance, gamma, beta, parameter):
    mean, variance, gamma, beta = (per_channel(v, x) for v in (mean, variance, gamma, beta))
    y = (x - mean) / np.sqrt(variance + parameter)
    y = y if gamma is None else y * gamma
    return y if beta is None else y + beta


def activation(x, function, parameter):
    if function == 3:
        e = np.exp(x - x.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)
    return {
        0: np.tanh, 1: lambda x: np.maximum(x, 0), 2: sigmoid,
        4: lambda x: np.where(x > 0, x, parameter * np.expm1(np.minimum(x, 0))),
        5: lambda x: np.where(x > 0, x, parameter * x), 6: lambda x: np.clip(x, -1, 1),
        7: lambda x: np.clip(0.2 * x + 0.5, 0, 1), 8: lambda x: np.clip(x + 3, 0, 6) / 6,
        9: lambda x: x * np.clip(x + 3, 0, 6) / 6, 10: lambda x: x * sigmoid(x), 11: lambda x: x / (1 + abs(x)),
        12: lambda x: np.clip(x, 0, 6), 13: lambda x: 0.5 * x * (1 + np.tanh(0.7978845608 * (x + 0.044715 * x ** 3))),
        14: lambda x: 0.5 * x * (1 + np.vectorize(math.erf)(0.7071067812 * x)),
    }[function](x)


def pool2d(x, mode, h, w, sy, sx, py, px, parameter):
    x = np.pad(x, [(0, 0), (0, 0), (py, py), (px, px)], constant_values=np.nan)
    rows, columns = (x.shape[2] - h) // sy + 1, (x.shape[3] - w) // sx + 1
    parts = np.stack([
        x[:, :, a:a + (rows - 1) * sy + 1:sy, b:b + (columns - 1) * sx + 1:sx] for a in range(h) for b in range(w)])
    if mode == 0:
        return np.nanmax(parts, axis=0)
    return np.nanmean(parts, axis=0) if mode == 1 else np.nansum(parts, axis=0) / (h * w)


def pool1d(x, mode, size, stride, parameter):
    parts = np.stack([x[j:len(x) - size + 1 + j] for j in range(size)])
    return (parts.mean(axis=0) if mode else parts.max(axis=0))[::stride]


def embedding(x, table, parameter):
    rows = np.clip(np.floor(np.nan_to_num(x)), 0, len(table) - 1).astype(int)
    return table[rows].reshape(len(x), -1)


def scaler(x, mean, scale, parameter):
    x = x if mean is None else x - mean.reshape(-1)
    return x if scale is None else x / scale.reshape(-1)


def prelu(x, alpha, parameter):
    return np.where(x > 0, x, per_channel(alpha, x) * x)


OPERATIONS = {
    "dense": dense, "conv1d": conv1d, "transposedConv1d": transposed_conv1d, "streamingConv2d": streaming_conv2d,
    "conv2d": conv2d, "lstm": lstm, "gru": gru, "batchNorm": batch_norm, "prelu": prelu, "activation": activation,
    "pool2d": pool2d, "pool1d": pool1d, "embedding": embedding, "scaler": scaler,
    "flatten": lambda x, parameter: x.reshape(len(x), -1),
    "add": lambda x, y, parameter: x + y, "multiply": lambda x, y, parameter: x * y,
    "concatenate": lambda x, y, parameter: np.concatenate([x, y], axis=1),
    "slice": lambda x, first, count, parameter: x[:, first:first + count],
    "gain": lambda x, factor, parameter: x * per_channel(factor, x),
}


def table(path):
    return np.loadtxt(path, delimiter=",", ndmin=2)


def main(arguments):
    options, files = {}, []
    arguments = list(arguments)
    while arguments:
        argument = arguments.pop(0)
        if argument == "--features":
            options[argument] = True
        elif argument in ("--zeros", "--column", "--divide"):
            options[argument] = int(arguments.pop(0))
        elif argument == "--compare":
            options[argument] = arguments.pop(0), float(arguments.pop(0))
        else:
            files.append(argument)
    if len(files) != 2:
        sys.exit(__doc__.strip())
    model = Model(decode.open_container(files[0], False))
    frames = table(files[1]) / options.get("--divide", 1)
    size = sum(int(np.prod(shape)) for _, shape in model.inputs)
    if "--features" in options:
        frames = frames.reshape(-1, size)
    zeros = options.get("--zeros", 0)
    output = model.run(np.concatenate([np.zeros((zeros, size)), frames]))[zeros:]
    if "--compare" not in options:
        for frame in output:
            print(",".join("%.9g" % value for value in frame))
        return 0
    path, tolerance = options["--compare"]
    expected = table(path)
    if "--column" in options:
        expected = expected[:, options["--column"]:options["--column"] + 1]
    expected = expected.reshape(-1, output.shape[1]) if "--features" in options else expected
    assert expected.shape == output.shape, "expected %s, found %s" % (expected.shape, output.shape)
    difference = np.abs(expected - output).max()
    print("%.3g" % difference)
    return 0 if difference <= tolerance else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
