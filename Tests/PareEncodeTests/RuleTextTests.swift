import PareFormat
import Testing

@testable import PareEncode

@Suite("Options as text")
struct RuleTextTests {
  private func message(_ body: () throws -> some Any) -> String {
    do {
      _ = try body()
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  @Test(
    "Quantizations are read, and written in a form that reads the same",
    arguments: [
      ("none", .unquantized, "none"), ("f16", .half, "f16"), ("bf16", .brain, "bf16"),
      ("int1", .integer(bitWidth: 1), "int1"), ("int16", .integer(bitWidth: 16), "int16"),
      ("pow2", .powerOfTwo(fractionBits: nil), "pow2"), ("pow2:8", .powerOfTwo(fractionBits: 8), "pow2:8"),
      ("pow2:-3", .powerOfTwo(fractionBits: -3), "pow2:-3"),
      ("codebook:2", .codebook(entryCount: 2), "codebook:2"),
      ("codebook:256", .codebook(entryCount: 256), "codebook:256"),
      ("step:40dB", .step(.sqnr(decibels: 40)), "step:40.0dB"),
      ("step:max=1e-3", .step(.maximumError(0.001)), "step:max=0.001"),
      ("step:size=0.25", .step(.size(0.25)), "step:size=0.25"),
      ("model-step", .modelStep(nil), "model-step"),
      ("model-step:40dB", .modelStep(.sqnr(decibels: 40)), "model-step:40.0dB"),
      ("model-step:max=0.5", .modelStep(.maximumError(0.5)), "model-step:max=0.5"),
    ] as [(String, Quantization, String)])
  func quantizations(text: String, value: Quantization, canonical: String) throws {
    #expect(try Quantization(text) == value)
    #expect(value.description == canonical)
    #expect(try Quantization(canonical) == value)
  }

  @Test(
    "Other texts are refused with what was expected",
    arguments: [
      ("int17", "int17: a width is 1 to 16"), ("int0", "int0: a width is 1 to 16"),
      ("int", "int: a width is 1 to 16"),
      ("int+8", "int+8: a width is 1 to 16"),
      ("int99999999999999999999", "int99999999999999999999: a width is 1 to 16"),
      ("pow2:127", "pow2:127: fraction bits are -126 to 126"),
      ("pow2:", "pow2:: fraction bits are -126 to 126"),
      ("pow2:--1", "pow2:--1: fraction bits are -126 to 126"),
      ("codebook:1", "codebook:1: a codebook has 2 to 256 entries"),
      ("codebook:257", "codebook:257: a codebook has 2 to 256 entries"),
      ("step:0dB", "step:0dB: a signal-to-noise ratio is above 0 and at most 200 dB"),
      ("step:nandB", "step:nandB: a signal-to-noise ratio is above 0 and at most 200 dB"),
      ("step:0x10dB", "step:0x10dB: a signal-to-noise ratio is above 0 and at most 200 dB"),
      ("step:max=0", "step:max=0: a maximum error is a positive number, twice which is an f32"),
      ("step:size=-1", "step:size=-1: a step is a positive f32"),
      ("step:size=1e39", "step:size=1e39: a step is a positive f32"),
      ("step:40", "step:40: a step is given as step:40dB, step:max=E or step:size=D"),
      (
        "q8",
        "q8: a quantization is int1 to int16, pow2[:B], codebook:N, f16, bf16, step:40dB, step:max=E, step:size=D, model-step:... or none"
      ),
    ])
  func badQuantizations(text: String, expected: String) {
    #expect(message { try Quantization(text) } == expected)
  }

  @Test(
    "Prunings are read and written",
    arguments: [
      ("none", .unpruned, "none"), ("threshold=0.5", .threshold(0.5), "threshold=0.5"),
      ("threshold=0", .threshold(0), "threshold=0.0"), ("sparsity=0.8", .sparsity(0.8), "sparsity=0.8"),
      ("model-sparsity=1", .modelSparsity(1), "model-sparsity=1.0"), ("2:4", .pattern(kept: 2, of: 4), "2:4"),
      ("64:64", .pattern(kept: 64, of: 64), "64:64"),
    ] as [(String, Pruning, String)])
  func prunings(text: String, value: Pruning, canonical: String) throws {
    #expect(try Pruning(text) == value)
    #expect(value.description == canonical)
    #expect(try Pruning(canonical) == value)
  }

  @Test(
    "Other prunings are refused",
    arguments: [
      ("sparsity=80", "sparsity=80: a sparsity is 0 to 1"),
      ("sparsity=-0.1", "sparsity=-0.1: a sparsity is 0 to 1"),
      ("model-sparsity=x", "model-sparsity=x: a sparsity is 0 to 1"),
      ("threshold=-1", "threshold=-1: a threshold is an f32 of at least 0"),
      ("threshold=inf", "threshold=inf: a threshold is an f32 of at least 0"),
      ("threshold=1e39", "threshold=1e39: a threshold is an f32 of at least 0"),
      ("4:2", "4:2: of N:M, N is 1 to M and M at most 64"),
      ("0:4", "0:4: of N:M, N is 1 to M and M at most 64"),
      ("2:65", "2:65: of N:M, N is 1 to M and M at most 64"),
      ("2:4:8", "2:4:8: a pruning is threshold=T, sparsity=S, model-sparsity=S, N:M or none"),
      ("half", "half: a pruning is threshold=T, sparsity=S, model-sparsity=S, N:M or none"),
    ])
  func badPrunings(text: String, expected: String) {
    #expect(message { try Pruning(text) } == expected)
  }

  @Test(
    "Scale layouts are read and written; groups have f16 scales unless f32 is asked for",
    arguments: [
      ("tensor", .tensor, .f32, "tensor"), ("axis", .axis(0), .f32, "axis:0"),
      ("axis:3,f16", .axis(3), .f16, "axis:3,f16"),
      ("group:32", .group(32), .f16, "group:32"), ("group:32,f16", .group(32), .f16, "group:32"),
      ("group:65536,f32", .group(65536), .f32, "group:65536,f32"),
      ("tensor,f16", .tensor, .f16, "tensor,f16"),
    ] as [(String, Granularity, ScaleType, String)])
  func layouts(text: String, granularity: Granularity, type: ScaleType, canonical: String) throws {
    let layout = try ScaleLayout(text)
    #expect(layout.granularity == granularity && layout.scaleType == type)
    #expect(layout.description == canonical)
    #expect(try ScaleLayout(canonical) == layout)
  }

  @Test(
    "Other layouts are refused",
    arguments: [
      ("row", "row: a scale is per tensor, axis[:N] or group:N"),
      ("", ": a scale is per tensor, axis[:N] or group:N"),
      ("axis:8", "axis:8: an axis is 0 to 7"), ("axis:-1", "axis:-1: an axis is 0 to 7"),
      ("group:0", "group:0: a group has 1 to 65536 elements"),
      ("group:65537", "group:65537: a group has 1 to 65536 elements"),
      ("tensor,f64", "tensor,f64: scales are f16 or f32"), ("tensor,", "tensor,: scales are f16 or f32"),
      ("tensor,f16,f16", "tensor,f16,f16: scales are f16 or f32"),
    ])
  func badLayouts(text: String, expected: String) {
    #expect(message { try ScaleLayout(text) } == expected)
  }

  @Test(
    "Rules are read and written",
    arguments: [
      (
        "fc1.*: quantize=int8 prune=sparsity=0.8 scale=axis affine",
        "fc1.*: quantize=int8 prune=sparsity=0.8 scale=axis:0 affine"
      ),
      ("*:  symmetric\tquantize=none", "*: quantize=none symmetric"), ("bias: keep", "bias: keep"),
      ("dense/kernel:0: scale=group:32,f32", "dense/kernel:0: scale=group:32,f32"),
      ("a b: quantize=step:max=0.5", "a b: quantize=step:max=0.5"),
    ])
  func rules(text: String, canonical: String) throws {
    let rule = try TensorRule(text)
    #expect(rule.description == canonical)
    #expect(try TensorRule(canonical) == rule)
  }

  @Test(
    "Other rules are refused",
    arguments: [
      (
        "fc1 quantize=int8",
        "fc1 quantize=int8: a rule is 'PATTERN: quantize=... prune=... scale=... symmetric|affine' or 'PATTERN: keep'"
      ),
      (": keep", "\"\": a name pattern has at least one character"),
      ("fc1:", "fc1:: a rule has at least one field behind its pattern"),
      ("fc1: quantize=int17", "int17: a width is 1 to 16"),
      (
        "rec*: quantize=int4,prune=2:4",
        "quantize=int4,prune=2:4: a rule's fields are separated by blanks, not by commas"
      ),
      ("fc1: scale=axis,affine", "scale=axis,affine: a rule's fields are separated by blanks, not by commas"),
      (
        "fc1: symmetric,quantize=int4",
        "symmetric,quantize=int4: a rule's fields are separated by blanks, not by commas"
      ),
      ("fc1: bits=8", "bits=8: a rule's field is quantize=, prune=, scale=, symmetric, affine or keep"),
      ("fc1: affine symmetric", "symmetric: a rule has each field once"),
      (
        "fc1: keep quantize=int8",
        "fc1: keep quantize=int8: keep stands alone: the tensor is neither pruned nor quantized"
      ),
      ("fc[: keep", "fc[: a set of characters ends with ]"),
    ])
  func badRules(text: String, expected: String) {
    #expect(message { try TensorRule(text) } == expected)
  }

  @Test("Conventions are none, onnx and tflite")
  func conventions() throws {
    #expect(try Convention("none") == .standard)
    #expect(try Convention("onnx") == .onnx)
    #expect(try Convention("tflite") == .tflite)
    #expect(message { try Convention("gguf") } == "gguf: a convention is none, onnx or tflite")
  }
}
