#!/usr/bin/env python3
"""Prints the size of one model in several containers.

usage: sizes.py PARE MODEL.json

PARE is the built command, MODEL.json a state_dict. Needs numpy, safetensors, gguf and onnx (PyPI), and xz.
"""

import io
import json
import lzma
import os
import subprocess
import sys
import tempfile

import gguf
import numpy
import onnx
import safetensors.numpy


def int8_rows(weight):
    scale = numpy.abs(weight).max(axis=1, keepdims=True) / numpy.float32(127)
    return numpy.rint(weight / numpy.where(scale == 0, 1, scale)).astype(numpy.int8), scale.astype(numpy.float32)


def as_gguf(tensors, path):
    writer = gguf.GGUFWriter(path, "mlp")
    for name, tensor in tensors.items():
        writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return os.path.getsize(path)


def as_onnx(tensors):
    initializers = [onnx.numpy_helper.from_array(tensor, name) for name, tensor in tensors.items()]
    return len(onnx.helper.make_model(onnx.helper.make_graph([], "m", [], [], initializers)).SerializeToString())


def as_npz(tensors, save):
    buffer = io.BytesIO()
    save(buffer, **tensors)
    return len(buffer.getvalue())


def main():
    pare, source = sys.argv[1:]
    tensors = {k: numpy.array(v, dtype=numpy.float32) for k, v in json.load(open(source)).items()}
    integers = {}
    for name, tensor in tensors.items():
        if tensor.ndim == 2:
            integers[name], integers[name + ".scale"] = int8_rows(tensor)
        else:
            integers[name] = tensor
    with tempfile.TemporaryDirectory() as folder:
        def pared(*options):
            path = os.path.join(folder, "model.pare")
            subprocess.run([pare, "convert", source, "-o", path, "--force", *options], check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            return os.path.getsize(path)

        packed = b"".join(tensor.tobytes() for tensor in integers.values())
        rows = [
            ("source JSON", os.path.getsize(source)),
            ("f32, safetensors", len(safetensors.numpy.save(tensors))),
            ("f32, GGUF", as_gguf(tensors, os.path.join(folder, "f32.gguf"))),
            ("f32, ONNX", as_onnx(tensors)),
            ("f32, npz", as_npz(tensors, numpy.savez)),
            ("f32, npz deflated", as_npz(tensors, numpy.savez_compressed)),
            ("f32, Pare, lossless, in place", pared("--profile", "in-place")),
            ("f32, Pare, lossless", pared()),
            ("int8 per row, safetensors", len(safetensors.numpy.save(integers))),
            ("int8 per row, npz deflated", as_npz(integers, numpy.savez_compressed)),
            ("int8 per row, raw + xz -9e", len(lzma.compress(packed, preset=9 | lzma.PRESET_EXTREME))),
            ("int8 per row, Pare, in place", pared("--quantize", "int8", "--scale", "axis", "--profile", "in-place")),
            ("int8 per row, Pare", pared("--quantize", "int8", "--scale", "axis")),
            ("int4 per row, Pare", pared("--quantize", "int4", "--scale", "axis")),
            ("codebook of 16, Pare", pared("--quantize", "codebook:16")),
        ]
    for name, size in rows:
        print("| %s | %d |" % (name, size))


main()
