#!/usr/bin/env python3
"""Writes expected.json: what layers give for small inputs, computed by numpy in float64 from the definitions.

Needs numpy. Usage: python3 Tests/PareInferenceTests/make_expected.py > Tests/PareInferenceTests/expected.json
"""
import json
import math

import numpy as np

random = np.random.default_rng(20240611)
cases = []


def values(*shape, scale=1.0):
    # f32 values that few digits write exactly.
    return np.round(random.normal(size=shape) * scale * 64) / 64


def case(layer, output, options=None, **inputs):
    def numbers(array):
        return [float(v) for v in np.asarray(array, dtype=np.float64).ravel()]

    cases.append({
        "layer": layer,
        "options": options or {},
        "inputs": {name: numbers(array) for name, array in inputs.items()},
        "output": [float("%.9g" % v) for v in numbers(output)],
    })


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def activations():
    x = np.concatenate([values(23, scale=3), [0, 3, -3, 2.5, -2.5, 6, -6, 1, -1, 20, -20]])
    functions = {
        "tanh": np.tanh,
        "sigmoid": sigmoid,
        "relu": lambda x: np.maximum(x, 0),
        "relu6": lambda x: np.clip(x, 0, 6),
        "leakyReLU": lambda x: np.where(x > 0, x, 0.25 * x),
        "elu": lambda x: np.where(x > 0, x, 0.5 * np.expm1(x)),
        "hardTanh": lambda x: np.clip(x, -1, 1),
        "hardSigmoidKeras": lambda x: np.clip(0.2 * x + 0.5, 0, 1),
        "hardSigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
        "hardSwish": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
        "silu": lambda x: x * sigmoid(x),
        "softsign": lambda x: x / (1 + np.abs(x)),
        "geluTanh": lambda x: 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
        "geluErf": lambda x: 0.5 * x * (1 + np.vectorize(math.erf)(x / math.sqrt(2))),
        "softmax": lambda x: np.exp(x) / np.exp(x).sum(),
    }
    for name, function in functions.items():
        case(name, function(x), x=x)


def elementwise():
    x = values(3, 5)
    alphas = values(5)
    case("prelu", np.where(x > 0, x, x * alphas), {"frames": 3, "channels": 5}, x=x, alphas=alphas)
    case("prelu", np.where(x > 0, x, x * alphas[0]), {"frames": 3, "channels": 5}, x=x, alphas=alphas[:1])
    mean, variance, gamma, beta = values(5), np.abs(values(5)) + 0.25, values(5), values(5)
    for epsilon in (0.001, 0.00001):
        root = np.sqrt(variance + epsilon)
        case("batch", (x - mean) / root * gamma + beta, {"frames": 3, "epsilon": epsilon}, x=x, mean=mean,
             variance=variance, gamma=gamma, beta=beta)
        case("batch", (x - mean) / root, {"frames": 3, "epsilon": epsilon}, x=x, mean=mean, variance=variance, gamma=[],
             beta=[])


def window_options(window, stride, dilation, padding, size):
    return {
        "windowHeight": window[0], "windowWidth": window[1], "strideY": stride[0], "strideX": stride[1],
        "dilationY": dilation[0], "dilationX": dilation[1], "top": padding[0], "left": padding[1],
        "bottom": padding[2], "right": padding[3], "channels": size[0], "height": size[1], "width": size[2],
    }


def windows(x, window, stride, dilation, padding, fill):
    """[out height][out width][channels][window height][window width]"""
    top, left, bottom, right = padding
    padded = np.pad(x, ((0, 0), (top, bottom), (left, right)), constant_values=fill)
    spans = [dilation[i] * (window[i] - 1) + 1 for i in (0, 1)]
    rows = range(0, padded.shape[1] - spans[0] + 1, stride[0])
    columns = range(0, padded.shape[2] - spans[1] + 1, stride[1])
    return np.array([[padded[:, r:r + spans[0]:dilation[0], c:c + spans[1]:dilation[1]] for c in columns] for r in rows])


def images():
    shapes = [
        ((2, 6, 7), (2, 2), (2, 2), (1, 1), (0, 0, 0, 0)),
        ((3, 5, 6), (3, 2), (1, 2), (1, 1), (1, 0, 1, 1)),
        ((1, 7, 7), (3, 3), (2, 1), (2, 2), (1, 1, 1, 1)),
    ]
    for size, window, stride, dilation, padding in shapes:
        x = values(*size)
        options = window_options(window, stride, dilation, padding, size)
        largest = windows(x, window, stride, dilation, padding, -np.inf).max(axis=(3, 4))
        case("maximum", np.moveaxis(largest, 2, 0), options, x=x)
        taps = windows(x, window, stride, dilation, padding, 0)
        case("average", np.moveaxis(taps.mean(axis=(3, 4)), 2, 0), {**options, "countsPadding": 1}, x=x)
        inside = windows(np.ones(size), window, stride, dilation, padding, 0).sum(axis=(3, 4))
        case("average", np.moveaxis(taps.sum(axis=(3, 4)) / inside, 2, 0), {**options, "countsPadding": 0}, x=x)
    for groups, outputs, (size, window, stride, dilation, padding) in [
        (1, 3, shapes[0]), (3, 6, shapes[1]), (1, 4, shapes[2]), (2, 10, shapes[0]),
    ]:
        x = values(*size)
        channels = size[0] // groups
        weight, bias = values(outputs, channels, *window), values(outputs)
        taps = windows(x, window, stride, dilation, padding, 0)
        parts = []
        for group in range(groups):
            out = slice(group * outputs // groups, (group + 1) * outputs // groups)
            into = slice(group * channels, (group + 1) * channels)
            parts.append(np.einsum("hwcij,ocij->ohw", taps[:, :, into], weight[out]))
        output = np.concatenate(parts) + bias[:, None, None]
        options = {**window_options(window, stride, dilation, padding, size), "groups": groups, "outputs": outputs}
        case("convolution2D", output, options, x=x, weight=weight, bias=bias)


def streams():
    for channels, outputs, kernel, dilation, frames in [(3, 2, 3, 2, 7), (2, 5, 1, 1, 4), (1, 4, 4, 1, 6)]:
        x, weight = values(frames, channels), values(outputs, channels, kernel)
        output = np.zeros((frames, outputs))
        for frame in range(frames):
            for tap in range(kernel):
                source = frame - (kernel - 1 - tap) * dilation
                if source >= 0:
                    output[frame] += weight[:, :, tap] @ x[source]
        options = {"channels": channels, "outputs": outputs, "kernel": kernel, "dilation": dilation, "frames": frames}
        case("convolution1D", output, options, x=x, weight=weight)


def recurrent():
    for units in (3, 8, 11):
        x, u, c = values(4 * units, scale=2), values(4 * units, scale=2), values(units)
        i, f, g, o = np.split(x + u, 4)
        cell = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        case("lstm", np.concatenate([cell, sigmoid(o) * np.tanh(cell)]), {"units": units}, x=x, u=u, c=c)
        x, u, h = values(3 * units, scale=2), values(3 * units, scale=2), values(units)
        for order in ("rzn", "zrn"):
            first, second, xn = np.split(x, 3)
            ufirst, usecond, un = np.split(u, 3)
            a, b = sigmoid(first + ufirst), sigmoid(second + usecond)
            r, z = (a, b) if order == "rzn" else (b, a)
            n = np.tanh(xn + r * un)
            case("gru", (1 - z) * n + z * h, {"units": units, order: 1}, x=x, u=u, h=h)


activations()
elementwise()
images()
streams()
recurrent()
print("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]")
