"""The valid fixtures of the model section: every kind, attribute, optional tensor, clock, rank and shape of graph.

What an operation makes, carries and needs is stated by hand beside it: makes, state, window (10.4.4 and 10.4.5).
"""

from fixture_writer import BITMAP, Float, Random, Tensor, provenance, source
from model_writer import Op, build_model
from valid_fixtures import affine, product, tensor

F32_MAX, EPSILON, MINUS_ONE_ULP = 0x7F7FFFFF, 0x3727C5AC, 0x3F7FFFFF


def weights(**shapes):
    """f32 tensors with these shapes; the name is the keyword, _ for a full stop."""
    random = Random(7)
    made = []
    for name, shape in sorted(shapes.items()):
        bits = [random.below(2) * 2**31 + 0x3E000000 + random.below(2**25) for _ in range(product(shape))]
        made.append(Tensor(name.replace("_", "."), shape, Float("f32"), bits))
    return made


class Graphs:
    def __init__(self):
        self.files = []

    def add(self, name, tensors, inputs, ops, outputs, facts=(), **options):
        tensors = sorted(tensors, key=lambda tensor: tensor.name)
        data = build_model(tensors, inputs, ops, outputs, facts, **options).data
        self.files.append(("model-%s.pare" % name, data, tensors))


def smallest(graphs):
    graphs.add("smallest", [], [("", [1])], [], [("", 0)])
    graphs.add("texts", [], [("x" * 255, [1])], [], [("\u4e2d\u6587 \U0010ffff", 0), (" ", 0)],
               [("", ""), (" ", "a blank"), ("a", "z" * 255), ("aa", ""), ("k" * 255, "\u00a0"), ("model", "test"),
                ("sampleRate", "48000"), ("\u00e4", "\u00e4")])
    graphs.add("counts-255", [], [("i%d" % n, [1 + n % 3]) for n in range(255)], [Op("flatten", [254], 3), Op("flatten", [0], 1)],
               [("o%d" % n, n) for n in range(254)] + [("last", 256)], [("%03d" % n, "") for n in range(255)])
    graphs.add("large-other-sections", weights(b=[1], w=[1, 1]), [("x", [1])], [Op("dense", [0], 1, ["w", "b"])], [("y", 1)],
               sections=[provenance((0, 5, 0, 0), (0, 6, 0, 0)), source(0, "[@1,@0]")], alignment=64, large=True)


def shapes(graphs):
    """Ranks and extents of frames; one axis of 2^24 takes the limit of a frame, four values the limit of scratch."""
    most = 2**24
    graphs.add("rank1to3-frame-2^24", [], [("a", [most]), ("b", [4096, 4096]), ("c", [1, most, 1]), ("d", [2, 2**22, 2])],
               [Op("flatten", [n], most) for n in range(4)], [("y%d" % n, 4 + n) for n in range(4)])
    random = Random(8)
    coded = [tensor("w", random, [6, 8], affine(random, 4, [6, 8], ("axis", 0))), tensor("b", random, [1, 1, 6], Float("f16"))]
    graphs.add("weights-affine-sparse", coded + [tensor("v", random, [5, 6], Float("bf16"), BITMAP, 255, None, 50)], [("x", [8])],
               [Op("dense", [0], 6, ["w", "b"]), Op("dense", [1], 5, ["v", None])], [("y", 2)])


def dense(graphs):
    tensors = weights(w=[1, 3], v=[3], s=[], b1=[1], b3=[1, 1, 1], m=[4, 3], m_b=[1, 4])
    ops = [Op("dense", [0], 1, [w, b]) for w in ("w", "v") for b in (None, "s", "b1", "b3")]
    ops += [Op("dense", [0], 4, ["m", b]) for b in (None, "m.b")]
    graphs.add("dense", tensors, [("x", [3])], ops, [("y%d" % n, 1 + n) for n in range(len(ops))])


def conv1d(graphs):
    tensors = weights(k1=[2, 4, 1], k3=[2, 4, 3], g2=[6, 2, 3], g4=[4, 1, 2], b2=[2], b6=[1, 6])
    ops = [
        Op("conv1d", [0], 2, ["k1", None], [1, 1, 1, 0], window=4),
        Op("conv1d", [0], 2, ["k1", "b2"], [1, 65535, 1, 1], window=4),  # one tap: nothing to wait for, no state
        Op("conv1d", [0], 2, ["k3", "b2"], [1, 1, 1, 0], state=3 * 4 + 2, window=12),
        Op("conv1d", [0], 6, ["g2", "b6"], [1, 7, 2, 0], state=15 * 4 + 2, window=6),
        Op("conv1d", [0], 4, ["g4", None], [1, 65535, 4, 0], state=65536 * 4 + 2, window=2)]
    graphs.add("conv1d", tensors, [("x", [4])], ops, [("y%d" % n, 1 + n) for n in range(len(ops))])
    # Values of other clocks are not read together with others; each is twice the same value here.
    ops = []
    for size, stride, dilation, padding, state in ((3, 1, 1, 1, 3 * 4 + 2), (3, 2, 1, 0, 3 * 4 + 2), (3, 65535, 9, 1, 19 * 4 + 2), (1, 2, 1, 0, 4 + 2)):
        made = 1 + len(ops)
        ops += [Op("conv1d", [0], 2, ["k%d" % size, None], [stride, dilation, 1, padding], state=state, window=4 * size),
                Op("activation", [made], 2, [], [0]), Op("add", [made + 1, made + 1], 2), Op("multiply", [made + 1, made + 2], 2)]
    graphs.add("conv1d-clocks", tensors, [("x", [4])], ops, [("y", len(ops)), ("z", len(ops) - 2)])


def transposed_conv1d(graphs):
    tensors = weights(k1=[2, 3, 1], k4=[2, 3, 4], k5=[3, 3, 5], b=[2])
    same_clock = [
        Op("transposedConv1d", [0], 2, ["k1", None], [1, 0], state=1 * 3 + 2, window=3),
        Op("transposedConv1d", [0], 2, ["k4", "b"], [1, 0], state=4 * 3 + 2, window=12),
        Op("add", [1, 2], 2)]
    graphs.add("transposedConv1d", tensors, [("x", [3])], same_clock, [("y", 3)])
    # Frames kept, of a weight of size 4: (2 - last + stride) / stride + 1, rounded down, last = min(3 - padding, stride - 1).
    ops = []
    for stride, padding, kept in ((2, 0, 2), (4, 0, 1), (5, 1, 2), (3, 2, 2), (1, 3, 4), (2, 65535, 32769), (65535, 0, 1)):
        ops += [Op("transposedConv1d", [0], 2 * stride, ["k4", "b"], [stride, padding], state=kept * 3 + 2, window=12),
                Op("activation", [1 + len(ops)], 2 * stride, [], [2])]
    # Bursts: 3 * 5 frames for one of the inputs; a stride of pool1d does not lessen them.
    made = 1 + len(ops)
    ops += [Op("transposedConv1d", [0], 3 * 3, ["k5", None], [3, 0], state=2 * 3 + 2, window=15),
            Op("transposedConv1d", [made], 3 * 15, ["k5", None], [5, 0], state=1 * 3 + 2, window=15),
            Op("pool1d", [made + 1], 3 * 15, [], [0, 15, 15], state=15 * 3 + 2), Op("flatten", [made + 2], 3 * 15)]
    graphs.add("transposedConv1d-clocks-bursts", tensors, [("x", [3])], ops, [("y", made + 3)])
    one = weights(w=[1, 1, 1], v=[256, 1])
    graphs.add("burst-65535-elements-256", one, [("x", [1])], [
        Op("transposedConv1d", [0], 21845, ["w", None], [21845, 0], state=1 + 2, window=1),
        Op("transposedConv1d", [1], 65535, ["w", None], [3, 0], state=1 + 2, window=1),
        Op("dense", [2], 256 * 65535, ["v", None])], [("y", 3)])


def streaming(graphs):
    tensors = weights(k11=[2, 3, 1, 1], k23=[2, 3, 2, 3], k17=[2, 3, 1, 7], b=[2])
    ops = [
        Op("streamingConv2d", [0], 7 * 2, ["k11", None], [1, 1, 0], state=1 * 21 + 1, window=3),
        Op("streamingConv2d", [0], 5 * 2, ["k23", "b"], [1, 1, 0], state=2 * 21 + 1, window=18),
        Op("streamingConv2d", [0], 7 * 2, ["k23", "b"], [1, 5, 1], state=6 * 21 + 1, window=18),
        Op("streamingConv2d", [0], 3 * 2, ["k23", "b"], [2, 1, 0], state=2 * 21 + 1, window=18),  # (7 - 3) / 2 + 1
        Op("streamingConv2d", [0], 4 * 2, ["k23", "b"], [2, 1, 1], state=2 * 21 + 1, window=18),  # 7 / 2, rounded up
        Op("streamingConv2d", [0], 1 * 2, ["k17", None], [65535, 65535, 0], state=1 * 21 + 1, window=21),
        Op("streamingConv2d", [0], 1 * 2, ["k17", None], [65535, 1, 1], state=1 * 21 + 1, window=21),
        Op("batchNorm", [3], 5 * 2, ["b", "b", "b", "b"], [], EPSILON)]
    ops.append(Op("streamingConv2d", [1], 2 * 2, ["k17", "b"], [1, 1, 1], state=1 * 6 + 1, window=21))  # wider than its frame
    graphs.add("streamingConv2d", tensors, [("x", [7, 3]), ("narrow", [2, 3])], ops, [("y%d" % n, 2 + n) for n in range(len(ops))])


def images(graphs):
    tensors = weights(k=[4, 2, 3, 2], g=[4, 1, 1, 1], b=[4], c=[2])
    ops = [
        Op("conv2d", [0], 4 * 3 * 5, ["k", "b"], [1, 1, 1, 1, 0, 0, 0, 0, 1], window=12),  # 5x6: 5 - 3 + 1, 6 - 2 + 1
        Op("conv2d", [0], 4 * 2 * 3, ["k", None], [2, 2, 1, 1, 0, 0, 0, 0, 1], window=12),
        Op("conv2d", [0], 4 * 1 * 3, ["k", "b"], [1, 1, 2, 3, 0, 0, 0, 0, 1], window=12),
        Op("conv2d", [0], 4 * 10 * 8, ["k", "b"], [1, 1, 1, 1, 3, 1, 4, 2, 1], window=12),
        Op("conv2d", [0], 4 * 5 * 6, ["g", "b"], [1, 1, 65535, 65535, 0, 0, 0, 0, 2], window=1),
        Op("conv2d", [0], 4 * 3 * 3, ["g", None], [65535, 65535, 1, 1, 65535, 65535, 65535, 65535, 2], window=1)]
    graphs.add("conv2d", tensors, [("x", [2, 5, 6])], ops, [("y%d" % n, 1 + n) for n in range(len(ops))])
    ops = [Op("pool2d", [0], 2 * 2 * 3, [], [mode, 2, 2, 2, 2, 0, 0]) for mode in (0, 1, 2)]
    ops += [
        Op("pool2d", [0], 2 * 5 * 6, [], [1, 1, 1, 1, 1, 0, 0]),
        Op("pool2d", [0], 2 * 5 * 6, [], [2, 3, 3, 1, 1, 1, 1]),
        Op("pool2d", [0], 2 * 1 * 1, [], [0, 5, 6, 65535, 65535, 0, 0]),
        Op("pool2d", [0], 2 * 6 * 6, [], [0, 4, 65535, 1, 1, 2, 32767])]  # 6 + 2 * 32767 - 65535 + 1 columns
    ops += [Op("flatten", [7], 72), Op("batchNorm", [0], 60, ["c", "c", None, None], [], 0)]
    graphs.add("pool2d", tensors, [("x", [2, 5, 6])], ops, [("y%d" % n, 1 + n) for n in range(len(ops))])


def pool1d(graphs):
    ops = []
    for mode, size, stride in ((0, 1, 1), (1, 1, 1), (0, 2, 1), (1, 4, 2), (0, 1, 3), (1, 65535, 65535)):
        ops += [Op("pool1d", [0], 3, [], [mode, size, stride], state=size * 3 + 2), Op("activation", [1 + len(ops)], 3, [], [3])]
    # Sizes and strides of 1 leave the clock as it is.
    graphs.add("pool1d", [], [("x", [3])], ops + [Op("add", [2, 4], 3), Op("add", [13, 0], 3)], [("y", 14), ("z", 2)])


def recurrent(graphs):
    u, n = 3, 5
    tensors = weights(k=[4 * u, n], r=[4 * u, u], joint=[4 * u, n + u], b=[4 * u], rb=[1, 4 * u], both=[2, 4 * u], h=[2 * u])
    ops = []
    for kernel, window in (("k", 8 * u), ("joint", 4 * u + n + u)):
        for bias, more in ((None, None), ("b", None), (None, "rb"), ("b", "rb"), ("both", None)):
            for initial in (None, "h"):
                ops.append(Op("lstm", [0], u, [kernel, "r" if kernel == "k" else None, bias, more, initial], state=2 * u, window=window))
    tensors += weights(one=[4, 1], one_r=[4, 1], one_joint=[4, 2])
    made = 2 + len(ops)
    ops += [Op("lstm", [1], 1, ["one", "one.r", None, None, None], state=2, window=8),
            Op("lstm", [made], 1, ["one.joint", None, None, None, None], state=2, window=4 + 2)]
    graphs.add("lstm", tensors, [("x", [n]), ("one", [1])], ops, [("y%d" % i, 2 + i) for i in range(len(ops))])
    tensors = weights(k=[3 * u, n], r=[3 * u, u], b=[1, 3 * u], rb=[3 * u], both=[2, 3 * u], h=[1, 1, u])
    ops = [Op("gru", [0], u, ["k", "r", bias, more, initial], [order], state=u, window=6 * u)
           for bias, more in ((None, None), ("b", None), (None, "rb"), ("b", "rb"), ("both", None)) for initial in (None, "h")
           for order in (0, 1)]
    graphs.add("gru", tensors, [("x", [n])], ops, [("y%d" % i, 1 + i) for i in range(len(ops))])


def elementwise(graphs):
    tensors = weights(c=[3], c1=[1, 1, 3], one=[], one1=[1], one3=[1, 1, 1])
    inputs = [("a", [3]), ("b", [4, 3]), ("c", [3, 2, 2])]
    sizes = [3, 12, 12]
    ops = []
    for i, size in enumerate(sizes):
        for gamma, beta in ((None, None), ("c", None), (None, "c1"), ("c1", "c")):
            ops.append(Op("batchNorm", [i], size, ["c", "c1", gamma, beta], [], [0, EPSILON, F32_MAX, 1][len(ops) % 4]))
        for kind in ("prelu", "gain"):
            ops += [Op(kind, [i], size, [name]) for name in ("c", "c1", "one", "one1", "one3")]
    for mean, scale in ((None, None), ("c", None), (None, "c1"), ("c1", "c")):
        ops.append(Op("scaler", [0], 3, [mean, scale]))
    for function in range(15):
        for parameter in ([0, 0x3F800000, F32_MAX] if function in (4, 5) else [None]):
            ops += [Op("activation", [i], size, [], [function], parameter)
                    for i, size in enumerate(sizes) if function != 3 or i == 0]
    graphs.add("elementwise", tensors, inputs, ops, [("y%d" % n, 3 + n) for n in range(len(ops))])


def joining(graphs):
    graphs.add("joining-slicing-embedding", weights(t=[4, 3], one=[1, 1]), [("x", [3]), ("y", [3]), ("z", [2, 3]), ("long", [131070])], [
        Op("add", [0, 1], 3), Op("multiply", [4, 0], 3), Op("concatenate", [5, 4], 6), Op("slice", [6], 2, [], [4, 2]),
        Op("slice", [6], 6, [], [0, 6]), Op("concatenate", [7, 7], 4), Op("add", [2, 2], 6), Op("multiply", [10, 2], 6),
        Op("slice", [3], 65535, [], [65535, 65535]), Op("slice", [3], 1, [], [0, 1]), Op("embedding", [0], 9, ["t"]),
        Op("embedding", [14], 9, ["one"])],
        [("p", 9), ("q", 11), ("r", 8), ("s", 12), ("t", 13), ("u", 15)])


def graphs_of_values(graphs):
    """Who reads a value, and when, decides where it is kept."""
    w = weights(w=[4, 4])
    block = lambda x, n: [Op("dense", [x], 4, ["w", None]), Op("activation", [n], 4, [], [1]), Op("add", [n + 1, x], 4)]
    graphs.add("residual", w, [("x", [4])], block(0, 1) + block(3, 4) + block(6, 7), [("y", 9)])
    graphs.add("never-read-output-twice", w, [("unused", [100]), ("x", [4]), ("unused too", [7])], [
        Op("dense", [1], 4, ["w", None]), Op("flatten", [0], 100), Op("dense", [1], 4, ["w", None]), Op("activation", [5], 4, [], [0])],
        [("a", 6), ("a", 6), ("", 1), ("b", 2)])
    # Behind value 7, the first value read is read again, by an operation or by an output: nothing is in place until its last
    # reading, not even where that is the second value of an operation.
    graphs.add("in-place", w, [("x", [4])], [
        Op("activation", [0], 4, [], [0]), Op("flatten", [1], 4), Op("scaler", [2], 4, [None, None]), Op("add", [3, 3], 4),
        Op("multiply", [4, 4], 4), Op("dense", [5], 4, ["w", None]), Op("activation", [6], 4, [], [8]),
        Op("activation", [7], 4, [], [0]), Op("activation", [7], 4, [], [1]), Op("add", [8, 7], 4), Op("multiply", [9, 7], 4),
        Op("activation", [11], 4, [], [2]), Op("activation", [11], 4, [], [2]), Op("add", [12, 13], 4), Op("add", [10, 14], 4)],
        [("y", 15), ("z", 13)])
    # A gap that is too small is passed over, a later and smaller value takes it.
    graphs.add("gaps", [], [("x", [20])], [
        Op("slice", [0], 5, [], [0, 5]), Op("slice", [0], 3, [], [0, 3]), Op("slice", [1], 2, [], [0, 2]), Op("slice", [0], 7, [], [0, 7]),
        Op("slice", [0], 4, [], [0, 4]), Op("slice", [4], 1, [], [0, 1]), Op("slice", [4], 1, [], [6, 1]), Op("concatenate", [2, 3], 5),
        Op("concatenate", [8, 5], 9), Op("concatenate", [9, 6], 10), Op("concatenate", [10, 7], 11)], [("y", 11)])
    random = Random(11)
    inputs = [("i%d" % n, [1 + random.below(9)]) for n in range(3)]
    sizes = [shape[0] for _, shape in inputs]
    ops = []
    for _ in range(240):
        # Mostly of the last few values, so that the others are done with.
        x, y = (max(0, len(sizes) - 1 - random.below(8)) for _ in range(2))
        choice = random.below(4)
        if choice == 0 and sizes[x] + sizes[y] < 40:
            ops.append(Op("concatenate", [x, y], sizes[x] + sizes[y]))
        elif choice == 1:
            ops.append(Op("activation", [x], sizes[x], [], [random.below(3)]))
        elif choice == 2 and sizes[x] == sizes[y]:
            ops.append(Op("add", [x, y], sizes[x]))
        else:
            size = 1 + random.below(sizes[x])
            ops.append(Op("slice", [x], size, [], [sizes[x] - size, size]))
        sizes.append(ops[-1].makes)
    graphs.add("places-random", [], inputs, ops, [("y", len(sizes) - 1), ("z", len(sizes) - 4)])


def audio(graphs):
    """A dilated residual stack with a sampling rate that is doubled and halved again, and a recurrent model."""
    tensors = weights(head=[1, 4], rechannel=[4, 1], c0=[4, 4, 2], c1=[4, 4, 2], c0_b=[4], c1_b=[4], up=[4, 4, 4], down=[4, 4, 4])
    ops = [Op("dense", [0], 4, ["rechannel", None])]
    for layer, dilation in ((0, 1), (1, 2)):
        x = len(ops)
        ops += [Op("conv1d", [x], 4, ["c%d" % layer, "c%d.b" % layer], [1, dilation, 1, 0], state=(dilation + 1) * 4 + 2, window=8),
                Op("activation", [x + 1], 4, [], [0]), Op("add", [x + 2, x], 4)]
    ops += [Op("transposedConv1d", [7], 8, ["up", None], [2, 1], state=2 * 4 + 2, window=16),
            Op("conv1d", [8], 8, ["down", None], [2, 1, 1, 1], state=4 * 4 + 2, window=16),
            Op("dense", [9], 2, ["head", None])]
    graphs.add("audio", tensors, [("in", [1])], ops, [("out", 10)], [("model", "stack"), ("sampleRate", "48000")])


def all_models():
    """(file name, bytes, tensors) of each."""
    graphs = Graphs()
    for group in (smallest, shapes, dense, conv1d, transposed_conv1d, streaming, images, pool1d, recurrent, elementwise, joining,
                  graphs_of_values, audio):
        group(graphs)
    return graphs.files
