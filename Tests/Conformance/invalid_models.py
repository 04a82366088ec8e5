"""The invalid fixtures of the model section: what is found when it is read, and what is found when its shapes and sizes are checked.

Sizes are right wherever they are not what is wrong: what an operation would make, carry and need, were it not for the damage.
"""

from fixture_writer import BITMAP, RICE, Affine, Float, Tensor, build, leb, u8, u32
from model_writer import Op, build_model, model

ONE, INFINITY, NAN, MINUS_ZERO = 0x3F800000, 0x7F800000, 0x7FC00000, 0x80000000
LIMIT = 2**26


def ones(name, shape):
    count = 1
    for extent in shape:
        count *= extent
    return Tensor(name, shape, Float("bf16"), [0x3F80] * count)


def zeros(name, shape):
    """A tensor without a byte of payload."""
    count = 1
    for extent in shape:
        count *= extent
    return Tensor(name, shape, Float("bf16"), [None] * count, RICE, 255, 0)


def small(**options):
    """Two values, one operation of two tensors."""
    return build_model([ones("b", [2]), ones("w", [2, 3])], [("x", [3])], [Op("dense", [0], 2, ["w", "b"])], [("y", 1)],
                       [("a", "1"), ("b", "2")], **options)


def counts(cases):
    def bad(code, label, field, reason, *value, **replace):
        replaced = {"s1." + name.replace("_", "."): content for name, content in replace.items()}
        if value:
            replaced["s1." + field] = value[0]
        cases.add(code, "model-" + label, small(replace=replaced), "s1." + field, reason)

    for field, least, greatest in (("stateCount", 0, LIMIT), ("scratchCount", 0, LIMIT), ("inputCount", 1, 255),
                                   ("operationCount", 0, 16383), ("outputCount", 1, 255), ("factCount", 0, 255)):
        for value in [greatest + 1, 2**31 - 1] + [0] * least:
            bad("badModel", "%s-%d" % (field, value), field, "%s is not %d to %d" % (field, least, greatest), leb(value))
    bad("badModel", "stateCount-before-scratchCount", "stateCount", "fields are checked in their order", leb(LIMIT + 1),
        scratchCount=leb(LIMIT + 1))
    for value in (0, 4, 255):
        bad("badModel", "rank%d" % value, "in0.rank", "a frame has rank 1 to 3", u8(value))
    for value in (0, 2**24 + 1):
        bad("badModel", "extent-%d" % value, "in0.extent0", "an extent is 1 to 2^24", leb(value))
    for label, extents in (("rank2", [4097, 4096]), ("rank3", [256, 256, 257]), ("rank3-wraps-32-bits", [2**24, 2**24, 2**16]),
                           ("rank3-wraps-64-bits", [2**24, 2**24, 2**24])):
        bad("badModel", "frame-" + label, "in0.rank", "a frame has at most 2^24 elements", u8(len(extents)),
            in0_extent0=b"".join(map(leb, extents)))
    built = small(replace={"s1.in0.rank": u8(3), "s1.in0.extent0": leb(2**24) + leb(2) + leb(0)})
    cases.add("badModel", "model-extent-before-product", built, ("s1.in0.extent0", len(leb(2**24)) + 1),
              "the third extent is 0; the product of the first two is too large, which is found behind it")

    for field, what in (("in0.name", "input"), ("out0.name", "output"), ("fact0.key", "key"), ("fact1.text", "fact")):
        for label, text in (("utf8", b"\xff"), ("cut-utf8", b"a\xc3"), ("newline", b"a\n"), ("NUL", b"\0"), ("C1-control", "\u0085".encode("utf-8"))):
            bad("badModel", "%s-%s" % (what, label), field, "the text has what it must not have", text,
                **{field.replace(".", "_") + "ByteCount": u8(len(text))})
    built = small(replace={"s1.fact1.key": b"a"})
    cases.add("badModel", "model-facts-equal", built, ("s1.fact1.keyByteCount", 0), "two facts have one key")
    for label, key in (("fall", b"\x20"), ("empty-behind-other", b"")):
        built = small(replace={"s1.fact1.key": key, "s1.fact1.keyByteCount": u8(len(key))})
        cases.add("badModel", "model-facts-" + label, built, "s1.fact1.keyByteCount", "the keys do not rise")
    built = small(replace={"s1.fact0.key": b"b\x20", "s1.fact0.keyByteCount": u8(2)})
    cases.add("badModel", "model-facts-prefix-behind", built, "s1.fact1.keyByteCount", "a prefix is less")
    built = small(replace={"s1.fact1.key": b"a", "s1.fact1.text": b"\n"})
    cases.add("badModel", "model-facts-equal-before-text", built, "s1.fact1.keyByteCount", "the key is checked before the text behind it")
    built = small(replace={"s1.fact1.key": b"\n"})
    cases.add("badModel", "model-facts-text-before-order", built, "s1.fact1.key", "the key's own rules are checked before its order")

    for tail in (b"\0", b"abc"):
        built = small(replace={"s1.fact1.text": b"2" + tail})
        cases.add("badModel", "model-trailing-%d" % len(tail), built, ("s1.fact1.text", 1), "bytes behind the last fact")
    built = small(replace={"s1.factCount": leb(1)})
    cases.add("badModel", "model-trailing-fact", built, "s1.fact1.keyByteCount", "a fact behind the number stated")
    built = build([ones("a", [1])], sections=[(67, [])])
    cases.add("sectionOverrun", "model-empty", built, "s1.body", "a model without fields")


def every_field(cases):
    """Each field at the section's end, each integer too long and too large."""
    tensors = [ones("b", [3]), ones("w", [3, 3])]
    args = (tensors, [("x", [3])], [Op("dense", [0], 3, ["w", "b"]), Op("activation", [1], 3, [], [4], ONE), Op("slice", [2], 1, [], [2, 1]),
                                    Op("add", [3, 3], 1)], [("y", 4)], [("k", "v")])
    names = [name for name, _ in model(*args)[1]]
    integers = [name for name in names if name.endswith("Count") and "Byte" not in name]
    integers += [name for name in names if name.rpartition(".")[2].rstrip("0123456789") in ("extent", "back", "tensor", "attribute")]
    for n, name in enumerate(names):
        gone = {"s1." + other: b"" for other in names[n:]}
        cases.add("sectionOverrun", "model-" + name, build_model(*args, replace=gone), "s1." + name, "the section ends where %s should be" % name)
        if name in integers:
            for code, label, value in (("nonMinimalInteger", "", b"\x81\x00"), ("integerTooLarge", "", leb(2**31))):
                cases.add(code, "model-" + name + label, build_model(*args, replace={"s1." + name: value}), "s1." + name,
                          "an integer that fits in one byte" if code[0] == "n" else "an integer of 2^31")
            gone["s1." + name] = b"\x80"
            cases.add("sectionOverrun", "model-in-" + name, build_model(*args, replace=gone), "s1." + name, "the section ends in %s" % name)
        elif name.endswith(("name", "key", "text", "parameter")):
            content = dict(model(*args)[1])[name]
            if len(content) > 1:
                gone["s1." + name] = content[:-1]
                cases.add("sectionOverrun", "model-in-" + name, build_model(*args, replace=gone), "s1." + name, "the section ends in %s" % name)
    built = build_model(*args, replace={"s1.fact0.textByteCount": u8(255)})
    cases.add("sectionOverrun", "model-text-behind-section", built, "s1.fact0.text", "a text of 255 bytes, of which one is there")


def operations(cases):
    def bad(code, label, field, reason, value, **replace):
        replaced = {"s1." + name.replace("_", "."): content for name, content in replace.items()}
        replaced["s1." + field] = value
        cases.add(code, "model-" + label, small(replace=replaced), "s1." + field, reason)

    for kind in (0, 21, 127, 128, 255):
        bad("unknownOperation", "kind%d" % kind, "op0.kind", "operation %d is not known" % kind, u8(kind))
    for back in (0, 2, 2**31 - 1):
        bad("badReference", "back-%d" % back, "op0.back0", "a value that is not made before", leb(back))
    for back in (0, 3, 255):
        bad("badReference", "output-back-%d" % back, "out0.back", "an output that is no value", leb(back))
    bad("badReference", "back-before-tensor", "op0.back0", "fields are checked in their order", leb(0), op0_tensor0=leb(0))
    for n in (0, 1):
        for index in (3, 65536, 2**31 - 1):
            bad("badReference", "tensor%d-%d" % (n, index), "op0.tensor%d" % n, "a tensor that does not exist", leb(index))
    built = build_model([], [("x", [1])], [Op("scaler", [0], 1, [None, None])], [("y", 1)], replace={"s1.op0.tensor0": leb(1)})
    cases.add("badReference", "model-no-tensors", built, "s1.op0.tensor0", "tensor 0 of none")
    two = [Op("add", [0, 0], 1)]
    for back in (0, 2):
        built = build_model([], [("x", [1])], two, [("y", 1)], replace={"s1.op0.back1": leb(back)})
        cases.add("badReference", "model-second-back-%d" % back, built, "s1.op0.back1", "a value that is not made before")

    # Kind, tensors that must be there, all tensors, attributes with their ranges.
    any_ = (1, 65535)
    kinds = [
        ("dense", 1, 2, []), ("conv1d", 1, 2, [any_, any_, any_, (0, 1)]), ("transposedConv1d", 1, 2, [any_, (0, 65535)]),
        ("streamingConv2d", 1, 2, [any_, any_, (0, 1)]), ("conv2d", 1, 2, [any_] * 4 + [(0, 65535)] * 4 + [any_]), ("lstm", 1, 5, []),
        ("gru", 2, 5, [(0, 1)]), ("batchNorm", 2, 4, []), ("prelu", 1, 1, []), ("activation", 0, 0, [(0, 14)]),
        ("pool2d", 0, 0, [(0, 2)] + [any_] * 4 + [(0, 65535)] * 2), ("pool1d", 0, 0, [(0, 1), any_, any_]), ("slice", 0, 0, [(0, 65535), any_]),
        ("embedding", 1, 1, []), ("scaler", 0, 2, []), ("gain", 1, 1, [])]
    for kind, required, count, ranges in kinds:
        op = lambda: Op(kind, [0], 1, ["t"] * count, [least for least, _ in ranges], ONE if kind == "batchNorm" else None)
        for n in range(required):
            built = build_model([ones("t", [1])], [("x", [1])], [op()], [("y", 1)], replace={"s1.op0.tensor%d" % n: leb(0)})
            cases.add("badReference", "model-%s-without-tensor%d" % (kind, n), built, "s1.op0.tensor%d" % n, "a tensor that must be there")
        for n, (least, greatest) in enumerate(ranges):
            for value in [least - 1] * (least > 0) + [greatest + 1, 2**31 - 1]:
                built = build_model([ones("t", [1])], [("x", [1])], [op()], [("y", 1)], replace={"s1.op0.attribute%d" % n: leb(value)})
                cases.add("badParameter", "model-%s-attribute%d-%d" % (kind, n, value), built, "s1.op0.attribute%d" % n,
                          "the attribute is not %d to %d" % (least, greatest))
    parameters = [("batchNorm", Op("batchNorm", [0], 1, ["t", "t", None, None], [], ONE)),
                  ("elu", Op("activation", [0], 1, [], [4], ONE)), ("leakyRelu", Op("activation", [0], 1, [], [5], ONE))]
    for label, op in parameters:
        for name, bits in (("infinity", INFINITY), ("nan", NAN), ("signalling-nan", 0x7F800001), ("minus-zero", MINUS_ZERO), ("negative", ONE + 2**31)):
            op.parameter = bits
            built = build_model([ones("t", [1])], [("x", [1])], [op], [("y", 1)])
            cases.add("badParameter", "model-%s-%s" % (label, name), built, "s1.op0.parameter", "the parameter is not a finite number without sign")
    # Structure is checked before shapes, and all of it.
    built = build_model([ones("w", [2, 5])], [("x", [3])], [Op("dense", [0], 2, ["w", None])], [("y", 1)], [("k", "\n")])
    cases.add("badModel", "model-text-before-shape", built, "s1.fact0.text", "a text that must not be, behind an operation whose shapes disagree")
    built = build_model([ones("w", [2, 5])], [("x", [3])], [Op("dense", [0], 2, ["w", None])], [("y", 1)])
    cases.add("trailingBytes", "model-before-shape", built, "end", "the length is checked before the model", data=built.data + b"\0")


def shape_cases():
    """(label, tensors with their shapes, shapes of the inputs, operation) of each; the last operation is the one that fails."""
    def one(label, kind, inputs, tensors, attributes=(), parameter=None, makes=1, state=0, window=0):
        names = ["t%d" % n if shape is not None else None for n, shape in enumerate(tensors)]
        shapes = {name: shape for name, shape in zip(names, tensors) if name}
        return "%s-%s" % (kind, label), shapes, inputs, Op(kind, range(len(inputs)), makes, names, attributes, parameter, state, window)

    dense = lambda label, x, w, b=None: one(label, "dense", [x], [w, b])
    yield dense("rank2", [1, 3], [2, 3])
    yield dense("rank3", [3, 1, 1], [2, 3])
    yield dense("columns", [3], [2, 4])
    yield dense("transposed", [3], [3, 2])
    yield dense("vector", [3], [4])
    yield dense("vector-behind-1", [3], [1, 1, 3])
    yield dense("scalar-weight", [1], [])
    yield dense("weight-rank3", [3], [2, 3, 1])
    yield dense("no-rows", [3], [0, 3])
    yield dense("bias-length", [3], [2, 3], [3])
    yield dense("bias-one", [3], [2, 3], [1])
    yield dense("bias-scalar", [3], [2, 3], [])
    yield dense("bias-column", [3], [2, 3], [2, 1])
    yield dense("bias-matrix", [4], [4, 4], [2, 2])
    yield dense("bias-empty", [3], [2, 3], [0])
    yield dense("vector-bias-length", [3], [3], [3])

    conv = lambda label, x, w, b=None, groups=1, dilation=1, stride=1: one(
        label, "conv1d", [x], [w, b], [stride, dilation, groups, 0], makes=w[0] if w else 1, state=0, window=1)
    yield conv("rank2", [1, 4], [2, 4, 3])
    yield conv("weight-rank2", [4], [2, 4])
    yield conv("weight-rank4", [4], [2, 4, 3, 1])
    yield conv("channels", [4], [2, 3, 3])
    yield conv("size0", [4], [2, 4, 0])
    yield conv("no-outputs", [4], [0, 4, 1])
    yield conv("bias", [4], [2, 4, 1], [4])
    yield conv("groups-channels", [4], [2, 4, 1], None, 2)
    yield conv("groups-of-inputs", [4], [6, 1, 1], None, 3)
    yield conv("groups-of-outputs", [4], [3, 2, 1], None, 2)
    yield conv("groups-above-inputs", [2], [4, 0, 1], None, 4)

    transposed = lambda label, x, w, b=None, stride=1, padding=0: one(label, "transposedConv1d", [x], [w, b], [stride, padding], makes=2 * stride)
    yield transposed("rank2", [1, 4], [2, 4, 3])
    yield transposed("weight-rank2", [4], [2, 4])
    yield transposed("channels", [4], [4, 2, 3])
    yield transposed("size0", [4], [2, 4, 0])
    yield transposed("bias", [4], [2, 4, 3], [4])

    stream = lambda label, x, w, b=None, stride=1, padding=0: one(label, "streamingConv2d", [x], [w, b], [stride, 1, padding])
    yield stream("rank1", [3], [2, 3, 1, 1])
    yield stream("rank3", [3, 5, 1], [2, 3, 1, 1])
    yield stream("weight-rank3", [5, 3], [2, 3, 1])
    yield stream("channels", [5, 3], [2, 5, 1, 1])
    yield stream("time0", [5, 3], [2, 3, 0, 1])
    yield stream("size0", [5, 3], [2, 3, 1, 0])
    yield stream("size0-same", [5, 3], [2, 3, 1, 0], None, 1, 1)
    yield stream("valid-size-above-features", [5, 3], [2, 3, 1, 6])
    yield stream("bias", [5, 3], [2, 3, 1, 1], [3])

    def image(label, x, w, b=None, strides=(1, 1), dilations=(1, 1), paddings=(0, 0, 0, 0), groups=1):
        return one(label, "conv2d", [x], [w, b], [*strides, *dilations, *paddings, groups])

    yield image("rank2", [4, 4], [1, 4, 1, 1])
    yield image("weight-rank3", [2, 4, 4], [1, 2, 1])
    yield image("channels", [2, 4, 4], [1, 4, 1, 1])
    yield image("rows", [2, 4, 4], [1, 2, 5, 1])
    yield image("columns", [2, 4, 4], [1, 2, 1, 5])
    yield image("rows-dilated", [2, 5, 5], [1, 2, 3, 1], None, (1, 1), (3, 1), (1, 0, 0, 0))
    yield image("columns-dilated", [2, 5, 5], [1, 2, 1, 3], None, (1, 1), (1, 3), (0, 0, 0, 1))
    yield image("columns-padded-rows", [2, 4, 4], [1, 2, 1, 5], None, (1, 1), (1, 1), (9, 0, 9, 0))
    yield image("kh0", [2, 4, 4], [1, 2, 0, 1])
    yield image("kw0", [2, 4, 4], [1, 2, 1, 0])
    yield image("bias", [2, 4, 4], [1, 2, 1, 1], [2])
    yield image("groups-of-inputs", [3, 4, 4], [2, 1, 1, 1], None, groups=2)
    yield image("groups-of-outputs", [4, 4, 4], [3, 2, 1, 1], None, groups=2)
    yield image("frame-too-large", [1, 1, 1], [1, 1, 1, 1], None, (1, 1), (1, 1), (65535, 65535, 65535, 65535))

    lstm = lambda label, x, *tensors: one(label, "lstm", [x], list(tensors) + [None] * (5 - len(tensors)))
    yield lstm("rank2", [1, 5], [8, 5], [8, 2])
    yield lstm("kernel-rank1", [5], [8], [8, 2])
    yield lstm("kernel-rank3", [5], [8, 5, 1], [8, 2])
    yield lstm("kernel-rows", [5], [6, 5], [6, 2])
    yield lstm("kernel-no-rows", [5], [0, 5], [0, 0])
    yield lstm("kernel-columns", [5], [8, 7], [8, 2])
    yield lstm("recurrent-rows", [5], [8, 5], [4, 2])
    yield lstm("recurrent-columns", [5], [8, 5], [8, 5])
    yield lstm("recurrent-rank", [5], [8, 5], [16])
    yield lstm("joint-columns", [5], [8, 5])
    yield lstm("bias", [5], [8, 5], [8, 2], [2])
    yield lstm("bias-rows", [5], [8, 5], [8, 2], [3, 8])
    yield lstm("bias-both-behind-1", [5], [8, 5], [8, 2], [1, 2, 8])
    yield lstm("bias-both-and-recurrent", [5], [8, 5], [8, 2], [2, 8], [8])
    yield lstm("recurrent-bias", [5], [8, 5], [8, 2], [8], [2])
    yield lstm("recurrent-bias-both", [5], [8, 5], [8, 2], None, [2, 8])
    yield lstm("initial", [5], [8, 5], [8, 2], None, None, [2])
    yield lstm("initial-two-rows", [5], [8, 5], [8, 2], None, None, [2, 2])
    gru = lambda label, x, *tensors: one(label, "gru", [x], list(tensors) + [None] * (5 - len(tensors)), [0])
    yield gru("rank3", [5, 1, 1], [6, 5], [6, 2])
    yield gru("kernel-rows", [5], [8, 5], [8, 2])
    yield gru("kernel-columns", [5], [6, 7], [6, 2])
    yield gru("recurrent-columns", [5], [6, 5], [6, 3])
    yield gru("bias", [5], [6, 5], [6, 2], [2])
    yield gru("bias-both-and-recurrent", [5], [6, 5], [6, 2], [2, 6], [6])
    yield gru("recurrent-bias", [5], [6, 5], [6, 2], None, [3])
    yield gru("initial", [5], [6, 5], [6, 2], None, None, [4])

    for n, name in enumerate(("mean", "variance", "gamma", "beta")):
        for label, shape in (("length", [4]), ("one", [1]), ("scalar", []), ("column", [3, 1])):
            yield one("%s-%s" % (name, label), "batchNorm", [[3]], [shape if i == n else [3] for i in range(4)], [], ONE, 3)
    yield one("rank2-features", "batchNorm", [[4, 3]], [[4], [4], None, None], [], ONE, 12)
    yield one("rank3-columns", "batchNorm", [[2, 4, 3]], [[3], [3], None, None], [], ONE, 24)
    for kind in ("prelu", "gain"):
        for label, x, shape in (("length", [3], [2]), ("empty", [3], [0]), ("column", [3], [3, 1]), ("rank2-features", [4, 3], [4]),
                                ("rank3-columns", [2, 4, 3], [3]), ("one-and-more", [3], [1, 2])):
            yield one(label, kind, [x], [shape])
    yield one("softmax-rank2", "activation", [[1, 3]], [], [3], None, 3)
    yield one("softmax-rank3", "activation", [[3, 1, 1]], [], [3], None, 3)

    pool = lambda label, x, *attributes: one(label, "pool2d", [x], [], list(attributes))
    yield pool("rank1", [4], 0, 1, 1, 1, 1, 0, 0)
    yield pool("rank2", [4, 4], 0, 1, 1, 1, 1, 0, 0)
    yield pool("rows", [2, 4, 4], 0, 5, 1, 1, 1, 0, 0)
    yield pool("columns", [2, 4, 4], 0, 1, 5, 1, 1, 0, 0)
    yield pool("rows-padded", [2, 4, 4], 0, 7, 1, 1, 1, 1, 0)
    yield pool("padding-y", [2, 4, 4], 0, 3, 3, 1, 1, 2, 1)
    yield pool("padding-x", [2, 4, 4], 1, 3, 3, 1, 1, 1, 2)
    yield pool("padding-size1", [2, 4, 4], 2, 1, 1, 1, 1, 1, 0)
    yield one("rank2", "pool1d", [[1, 4]], [], [0, 1, 1], None, 4)
    yield one("rank3", "pool1d", [[4, 1, 1]], [], [0, 1, 1], None, 4)
    for kind in ("add", "multiply"):
        for label, x, y in (("extents", [3], [4]), ("one", [3], [1]), ("rank", [3], [1, 3]), ("transposed", [2, 3], [3, 2])):
            yield one(label, kind, [x, y], [])
    yield one("rank2", "concatenate", [[1, 3], [1, 3]], [])
    yield one("second-rank2", "concatenate", [[3], [1, 3]], [])
    yield one("too-large", "concatenate", [[2**24], [1]], [])
    yield one("rank2", "slice", [[1, 3]], [], [0, 1])
    yield one("number", "slice", [[3]], [], [0, 4])
    yield one("end", "slice", [[3]], [], [2, 2])
    yield one("first", "slice", [[3]], [], [3, 1])
    yield one("rank2", "embedding", [[1, 3]], [[2, 2]])
    yield one("table-rank1", "embedding", [[3]], [[2]])
    yield one("table-rank3", "embedding", [[3]], [[2, 2, 1]])
    yield one("no-entries", "embedding", [[3]], [[0, 2]])
    yield one("no-columns", "embedding", [[3]], [[2, 0]])
    yield one("too-large", "embedding", [[2**24]], [[1, 2]])
    yield one("wraps-32-bits", "embedding", [[2**24]], [[1, 256]])
    for n, name in enumerate(("mean", "scale")):
        for label, shape in (("length", [2]), ("scalar", []), ("one", [1])):
            yield one("%s-%s" % (name, label), "scaler", [[3]], [shape if i == n else None for i in range(2)])
    yield one("rank2", "scaler", [[1, 3]], [None, None])


def shapes(cases):
    for label, tensors, inputs, op in shape_cases():
        inputs = [("i%d" % n, shape) for n, shape in enumerate(inputs)]
        # An operation before it and one behind it that are well.
        before, behind = Op("flatten", [0], 1), Op("flatten", [0], 1)
        built = build_model([ones(name, shape) for name, shape in tensors.items()], inputs, [before, op, behind], [("y", len(inputs) + 1)],
                            scratch=1)
        cases.add("badShape", "model-" + label, built, "s1.op1.kind", "shapes that disagree")
    payload = Tensor("w", [2, 3], Affine(4, scales=[ONE]), [1] * 6, BITMAP, 0, raw_fields={"checksum": u32(0)})
    built = build_model([payload], [("x", [4])], [Op("dense", [0], 2, ["w", None])], [("y", 1)])
    cases.add("payloadChecksum", "model-before-shape", built, "t0.payload", "tensors are checked before the model's shapes", 0)
    args = ([ones("w", [2, 3])], [("x", [4])], [Op("dense", [0], 2, ["w", None])] * 2, [("y", 1)])
    cases.add("badShape", "model-first-of-two", build_model(*args, state=1, scratch=1), "s1.op0.kind",
              "the first of two operations, before the sizes")


def clocks(cases):
    tensors = [ones("k1", [1, 1, 1]), ones("k2", [1, 1, 2]), zeros("m", [65535, 1]), ones("n", [257, 1]), ones("big", [257, 1, 1])]
    conv = lambda x, size, stride, padding: Op("conv1d", [x], 1, ["k%d" % size, None], [stride, 1, 1, padding], window=size,
                                               state=0 if size == 1 and stride == 1 else size + 2)
    transposed = lambda x, stride, padding: Op("transposedConv1d", [x], stride, ["k1", None], [stride, padding], window=1, state=3)
    pool = lambda x, size, stride: Op("pool1d", [x], 1, [], [0, size, stride], state=size + 2)

    def bad(label, ops, reason, place="s1.op%d.kind", **options):
        built = build_model(tensors, [("x", [1])], ops, [("y", len(ops))], **options)
        cases.add("badShape", "model-" + label, built, place % (len(ops) - 1) if "%" in place else place, reason)

    for label, op in (("conv1d-stride", conv(0, 1, 2, 0)), ("conv1d-valid", conv(0, 2, 1, 1)), ("transposedConv1d-stride", transposed(0, 2, 0)),
                      ("transposedConv1d-padding", transposed(0, 1, 1)), ("pool1d-size", pool(0, 2, 1)), ("pool1d-stride", pool(0, 1, 2))):
        for kind, order in (("add", [1, 0]), ("multiply", [0, 1]), ("concatenate", [1, 0])):
            bad("clock-%s-%s" % (label, kind), [op, Op(kind, order, 1)], "two values of different clocks are read together")
    same = [conv(0, 2, 2, 0), conv(0, 2, 2, 0)]
    bad("clock-alike", same + [Op("add", [1, 2], 1)], "two values with frames at the same times, but each of a clock of its own")
    bad("clock-back-at-the-inputs-rate", [transposed(0, 2, 0), conv(1, 2, 2, 0), Op("add", [2, 0], 2)], "a rate doubled and halved is another clock")
    bad("clock-handed-on", [conv(0, 2, 2, 0), Op("activation", [1], 1, [], [0]), Op("flatten", [2], 1), Op("add", [3, 0], 1)],
        "operations hand on their input's clock")

    ops = [conv(0, 2, 2, 0), Op("activation", [0], 1, [], [0])]
    for label, outputs, wrong in (("second", [("a", 1), ("b", 2)], 1), ("input", [("a", 1), ("b", 0)], 1), ("third", [("a", 0), ("b", 2), ("c", 1)], 2)):
        built = build_model(tensors, [("x", [1])], ops, outputs)
        cases.add("badShape", "model-clock-output-" + label, built, "s1.out%d.nameByteCount" % wrong, "outputs of different clocks")
    built = build_model(tensors, [("x", [1])], ops + [Op("add", [1, 2], 1)], [("a", 1), ("b", 2)])
    cases.add("badShape", "model-clock-operation-before-output", built, "s1.op2.kind", "operations are checked before the outputs' clocks")
    built = build_model(tensors, [("x", [1])], ops, [("a", 1), ("b", 2)], state=0, scratch=0)
    cases.add("badShape", "model-clock-output-before-sizes", built, "s1.out1.nameByteCount", "the outputs' clocks are checked before the sizes")

    bad("burst-65536", [transposed(0, 256, 0), transposed(1, 256, 0)], "65 536 frames for one of the inputs", scratch=1)
    bad("burst-wraps-32-bits", [transposed(0, 65535, 0), transposed(1, 65535, 0)], "65 535^2 frames for one of the inputs", scratch=1)
    wide = Op("transposedConv1d", [0], 1, ["big", None], [65535, 0], window=1, state=3)
    bad("burst-elements-transposedConv1d", [wide], "65 535 frames of 257 elements", scratch=1)
    bad("burst-elements-dense", [transposed(0, 65535, 0), Op("dense", [1], 1, ["n", None])], "65 535 frames of 257 elements", scratch=1)
    bad("burst-elements-wrap-32-bits", [transposed(0, 65535, 0), Op("dense", [1], 1, ["m", None])], "65 535 frames of 65 535 elements", scratch=1)


def sizes(cases):
    base = ([ones("k", [2, 2, 3])], [("x", [2])], [Op("conv1d", [0], 2, ["k", None], [1, 2, 1, 0], state=5 * 2 + 2, window=6),
                                                   Op("activation", [1], 2, [], [0])], [("y", 2)])
    state, scratch = 12, 2 + 2 + 6
    assert build_model(*base).data == build_model(*base, state=state, scratch=scratch).data
    for name, right in (("state", state), ("scratch", scratch)):
        for value in (right - 1, right + 1, 0, LIMIT):
            cases.add("badModelSize", "model-%sCount-%d" % (name, value), build_model(*base, **{name: value}), "s1.%sCount" % name,
                      "%d f32 of %s are stated, %d are needed" % (value, name, right))
    cases.add("badModelSize", "model-state-before-scratch", build_model(*base, state=0, scratch=0), "s1.stateCount", "the state is compared first")

    def bad(label, tensors, inputs, ops, place, reason, code="badModelSize", **options):
        inputs = [("i%d" % n, shape) for n, shape in enumerate(inputs)]
        cases.add(code, "model-" + label, build_model(tensors, inputs, ops, [("y", len(inputs) + len(ops) - 1)], **options), place, reason)

    tensors = [zeros("k", [1, 1024, 2]), ones("s", [1, 1, 2, 1]), ones("z", [1, 1, 2])]
    conv = lambda dilation: Op("conv1d", [0], 1, ["k", None], [1, dilation, 1, 0], window=2048, state=(dilation + 1) * 1024 + 2)
    # (65535 + 1) * 1024 + 2 = 2^26 + 2.
    bad("state-2^26+2", tensors, [[1024]], [conv(65535)], "s1.op0.kind", "one operation's state is above 2^26", state=0)
    bad("state-sum", tensors, [[1024]], [conv(32767), conv(32767)], "s1.op1.kind", "the second operation's state passes 2^26", state=0)
    bad("state-sum-third", tensors, [[1024]], [conv(32767), conv(32700), Op("pool1d", [0], 1024, [], [0, 67, 1], state=67 * 1024 + 2),
                                               Op("flatten", [0], 1024)], "s1.op2.kind", "the third operation's state passes 2^26", state=0)
    bad("state-wraps-32-bits", [zeros("k", [1, 65536, 2])], [[65536]],
        [Op("conv1d", [0], 1, ["k", None], [1, 65535, 1, 0], window=131072)], "s1.op0.kind", "65 536 * 65 536 + 2 f32 of state", state=2)
    bad("state-streamingConv2d", tensors, [[1024, 1]], [Op("streamingConv2d", [0], 1024, ["s", None], [1, 65535, 0], window=2)],
        "s1.op0.kind", "one operation's state is above 2^26", state=0)
    bad("state-pool1d", tensors, [[1025]], [Op("pool1d", [0], 1025, [], [0, 65535, 1])], "s1.op0.kind", "one operation's state is above 2^26", state=0)
    bad("state-transposedConv1d", tensors, [[1]], [Op("transposedConv1d", [0], 1, ["z", None], [1, 65535], window=2, state=65536 + 2),
                                                   Op("flatten", [0], 1)], "s1.stateCount", "one less than is needed", state=65536 + 1)
    bad("shape-before-state", tensors, [[1025]], [Op("conv1d", [0], 1, ["k", None], [1, 65535, 1, 0], window=2048)],
        "s1.op0.kind", "an operation's shapes are checked before its state", "badShape", state=0)
    bad("state-before-shape", tensors, [[1024]], [conv(65535), Op("add", [0, 1], 1)], "s1.op0.kind",
        "operations are checked one by one, each wholly", state=0)

    most = [2**24]
    bad("places-2^26+1", [], [most, most, most, most, [1]], [Op("flatten", [n], 2**24) for n in range(4)] + [Op("flatten", [4], 1)],
        "s1.scratchCount", "the places end one behind 2^26", scratch=LIMIT)
    bad("places-wrap-32-bits", [], [most] * 255, [Op("flatten", [n], 2**24) for n in range(255)], "s1.scratchCount",
        "255 inputs of 2^24 elements that are all read", scratch=LIMIT)
    bad("places-and-window", [ones("k", [1, 1, 2])], [most, most, most, most, [1]],
        [Op("conv1d", [4], 1, ["k", None], [1, 1, 1, 0], window=2, state=2 + 2), Op("flatten", [5], 1)], "s1.scratchCount",
        "places and window together are not what is stated", scratch=LIMIT)
    bad("state-before-places", [], [most] * 5, [Op("flatten", [n], 2**24) for n in range(5)], "s1.stateCount",
        "the state is compared before places are found", state=1, scratch=LIMIT)
    # A value that nothing reads takes a place too, and one that is read later keeps it.
    unread = [Op("slice", [0], 3, [], [0, 3]), Op("slice", [0], 1, [], [0, 1])]
    bad("unread-takes-no-place", [], [[4]], unread, "s1.scratchCount", "the value that is not read needs 3 f32", scratch=5)
    bad("in-place-expected", [], [[4]], [Op("activation", [0], 4, [], [0])], "s1.scratchCount", "the value is made in place", scratch=8)
    bad("in-place-of-first-of-two", [], [[4], [4]], [Op("add", [0, 1], 4), Op("multiply", [2, 1], 4)], "s1.scratchCount",
        "both values are made in place of the first that is read", scratch=12)
    bad("in-place-but-read-later", [], [[4]], [Op("activation", [0], 4, [], [0]), Op("add", [1, 0], 4)], "s1.scratchCount",
        "the input is read again, so its place is not taken", scratch=4)
    built = build_model([], [("x", [4])], [Op("activation", [0], 4, [], [0])], [("y", 1), ("z", 0)], scratch=4)
    cases.add("badModelSize", "model-in-place-but-output", built, "s1.scratchCount", "the input is an output, so its place is not taken")


def add_all(cases):
    for group in (counts, every_field, operations, shapes, clocks, sizes):
        group(cases)
