"""Writes model sections (10.4 of FORMAT.md) from plain descriptions; it shares no code with Spec/reference/decode.py.

An operation states what it reads by the numbers of the values, its tensors by name, and by hand what it costs: the f32 of
its frames for one frame of the inputs, of its state and of its window. The writer finds the places of the values by
trying, and derives the bytes. Fields, for `replace` and for places of errors, section 1 being the model:

    s1.stateCount s1.scratchCount s1.inputCount s1.operationCount s1.outputCount s1.factCount
    s1.in0.nameByteCount s1.in0.name s1.in0.rank s1.in0.extent0     an input
    s1.op0.kind .back0 .tensor0 .attribute0 .parameter              an operation
    s1.out0.nameByteCount s1.out0.name s1.out0.back                 an output
    s1.fact0.keyByteCount .key .textByteCount .text                 a fact
"""

from fixture_writer import build, leb, u8, u32

KINDS = ("dense", "conv1d", "transposedConv1d", "streamingConv2d", "conv2d", "lstm", "gru", "batchNorm", "prelu", "activation",
         "pool2d", "pool1d", "flatten", "add", "multiply", "concatenate", "slice", "embedding", "scaler", "gain")
IN_PLACE = {"batchNorm", "prelu", "activation", "flatten", "add", "multiply", "scaler", "gain"}


class Op:
    """makes: f32 of the frames made; state and window: f32 of each; parameter: the bits of an f32."""

    def __init__(self, kind, reads, makes, tensors=(), attributes=(), parameter=None, state=0, window=0):
        self.kind, self.reads, self.makes = kind, list(reads), makes
        self.tensors, self.attributes, self.parameter = list(tensors), list(attributes), parameter
        self.state, self.window = state, window


def text(prefix, name, value):
    data = value if isinstance(value, bytes) else value.encode("utf-8")
    return [("%s.%sByteCount" % (prefix, name), u8(len(data))), ("%s.%s" % (prefix, name), data)]


def places_end(inputs, ops, outputs):
    """Where the last place ends. Every place where a value could begin is tried, the least that is free is taken."""
    sizes = [elements(shape) for _, shape in inputs] + [op.makes for op in ops]
    last = {}
    for n, op in enumerate(ops):
        last.update((value, len(inputs) + n) for value in op.reads)
    last.update((value, len(sizes)) for _, value in outputs)
    places = []
    for number, size in enumerate(sizes):
        op = ops[number - len(inputs)] if number >= len(inputs) else None
        if op and op.kind in IN_PLACE and last[op.reads[0]] == number:
            places.append(places[op.reads[0]])
            continue
        live = [(places[n], places[n] + sizes[n]) for n in range(number) if last.get(n, -1) >= number]
        places.append(min(start for start in [0] + [end for _, end in live]
                          if all(start + size <= begin or end <= start for begin, end in live)))
    return max(place + size for place, size in zip(places, sizes))


def elements(shape):
    count = 1
    for extent in shape:
        count *= extent
    return count


def model(tensors, inputs, ops, outputs, facts=(), state=None, scratch=None):
    """inputs: (name, shape); outputs: (name, value); facts: (key, text). state, scratch: stated instead of what is needed."""
    index = {name: n for n, name in enumerate(sorted(tensor.name for tensor in tensors))}
    if state is None:
        state = sum(op.state for op in ops)
    if scratch is None:
        scratch = places_end(inputs, ops, outputs) + max([op.window for op in ops], default=0)
    fields = [("stateCount", leb(state)), ("scratchCount", leb(scratch)), ("inputCount", leb(len(inputs)))]
    for n, (name, shape) in enumerate(inputs):
        fields += text("in%d" % n, "name", name) + [("in%d.rank" % n, u8(len(shape)))]
        fields += [("in%d.extent%d" % (n, axis), leb(extent)) for axis, extent in enumerate(shape)]
    fields.append(("operationCount", leb(len(ops))))
    for n, op in enumerate(ops):
        prefix = "op%d." % n
        fields.append((prefix + "kind", u8(KINDS.index(op.kind) + 1)))
        fields += [("%sback%d" % (prefix, i), leb(len(inputs) + n - value)) for i, value in enumerate(op.reads)]
        fields += [("%stensor%d" % (prefix, i), leb(0 if name is None else 1 + index[name.encode("utf-8")]))
                   for i, name in enumerate(op.tensors)]
        fields += [("%sattribute%d" % (prefix, i), leb(value)) for i, value in enumerate(op.attributes)]
        if op.parameter is not None:
            fields.append((prefix + "parameter", u32(op.parameter)))
    fields.append(("outputCount", leb(len(outputs))))
    for n, (name, value) in enumerate(outputs):
        fields += text("out%d" % n, "name", name) + [("out%d.back" % n, leb(len(inputs) + len(ops) - value))]
    fields.append(("factCount", leb(len(facts))))
    for n, (key, value) in enumerate(facts):
        fields += text("fact%d" % n, "key", key) + text("fact%d" % n, "text", value)
    return 67, fields


def build_model(tensors, inputs, ops, outputs, facts=(), state=None, scratch=None, sections=(), **options):
    tensors = sorted(tensors, key=lambda tensor: tensor.name)
    return build(tensors, sections=list(sections) + [model(tensors, inputs, ops, outputs, facts, state, scratch)], **options)
