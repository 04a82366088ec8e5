import PareEncode
import Testing

@testable import PareConvert

@Suite("JSON models")
struct JSONModelTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var text: String
    var tensors: [String]

    init(_ what: String, _ text: String, _ tensors: [String]) {
      (testDescription, self.text, self.tensors) = (what, text, tensors)
    }
  }

  static let cases: [Case] = [
    Case(
      "a flat state_dict", #"{"w": [[1, 2, 3], [4, 5, 6]], "b": [0.5, -1]}"#,
      ["w[2, 3] 1.0 2.0 3.0 4.0 5.0 6.0", "b[2] 0.5 -1.0"]),
    Case("a wrapped one: state_dict", #"{"epoch": 3, "state_dict": {"fc.w": [1]}}"#, ["fc.w[1] 1.0"]),
    Case("a wrapped one: model_state_dict", #"{"model_state_dict": {"fc.w": [1]}}"#, ["fc.w[1] 1.0"]),
    Case("a wrapped one: weights", #"{"weights": {"fc": {"w": [1]}}}"#, ["fc.w[1] 1.0"]),
    Case("a wrapped one: parameters", #"{"parameters": {"fc.w": [1]}, "lr": 0.1}"#, ["fc.w[1] 1.0"]),
    Case(
      "a wrapper whose names would occur twice keeps its key", #"{"a": [1], "weights": {"a": [2]}}"#,
      ["a[1] 1.0", "weights.a[1] 2.0"]),
    Case(
      "nested objects and lists of objects", #"{"l": [{"w": [1]}, {"w": [2]}], "x": {"y": {"z": [3]}}}"#,
      ["l.0.w[1] 1.0", "l.1.w[1] 2.0", "x.y.z[1] 3.0"]),
    Case("rank 8", "{\"a\": [[[[[[[[1, 2]]]]]]]]}", ["a[1, 1, 1, 1, 1, 1, 1, 2] 1.0 2.0"]),
    Case("rank 3", "{\"a\": [[[1,2],[3,4],[5,6]]]}", ["a[1, 3, 2] 1.0 2.0 3.0 4.0 5.0 6.0"]),
    Case("a bare array is named by the file", "[[1.5, 2.5]]", ["m[1, 2] 1.5 2.5"]),
    Case("a bare list of objects", "[{\"w\": [1]}, {\"w\": [2]}]", ["0.w[1] 1.0", "1.w[1] 2.0"]),
    Case(
      "a list of arrays of different rank", "{\"w\": [[[1, 2]], [3, 4], [[5], [6]], [7]]}",
      ["w.0[1, 2] 1.0 2.0", "w.1[2] 3.0 4.0", "w.2[2, 1] 5.0 6.0", "w.3[1] 7.0"]),
    Case("a bare list of arrays of different rank", "[[1, 2], [[5], [6]]]", ["0[2] 1.0 2.0", "1[2, 1] 5.0 6.0"]),
    Case("numbers as strings", #"{"w": [["1.5", "-2e3"], ["0", "NaN"]]}"#, ["w[2, 2] 1.5 -2000.0 0.0 nan"]),
    Case(
      "strings that are no numbers are metadata", #"{"names": ["a", "1"], "more": ["1", "b"], "w": [1]}"#, ["w[1] 1.0"]),
    Case("a byte-order mark, line ends, tabs", "\u{FEFF}{\r\n\t\"w\" :\r\n [\n1 ,\n\t2 ]\n}\n", ["w[2] 1.0 2.0"]),
    Case("escapes in names", #"{"a\u00e9\ud83d\ude00\/": [1]}"#, ["aé😀/[1] 1.0"]),
    Case(
      "scikit-learn's linear models", #"{"model": "LinearRegression", "coef_": [1, 2], "intercept_": 3}"#,
      ["coef_[2] 1.0 2.0", "intercept_[] 3.0"]),
    Case(
      "scikit-learn's classes are metadata",
      #"{"coef_": [[1, 2]], "intercept_": [3], "classes_": [0.0, 1.0], "n_iter_": [7], "n_features_in_": 2}"#,
      ["coef_[1, 2] 1.0 2.0", "intercept_[1] 3.0"]),
    Case(
      "scikit-learn's perceptron",
      #"{"coefs_": [[[1, 2]], [[3], [4]]], "intercepts_": [[5, 6], [7]], "out_activation_": "identity"}"#,
      ["coefs_.0[1, 2] 1.0 2.0", "coefs_.1[2, 1] 3.0 4.0", "intercepts_.0[2] 5.0 6.0", "intercepts_.1[1] 7.0"]),
    Case(
      "scikit-learn's perceptron with equal layers", #"{"coefs_": [[[1]], [[3]]], "intercepts_": [[5], [7]]}"#,
      ["coefs_.0[1, 1] 1.0", "coefs_.1[1, 1] 3.0", "intercepts_.0[1] 5.0", "intercepts_.1[1] 7.0"]),
    Case(
      "scikit-learn's scaler", #"{"mean_": [1, 2], "scale_": [3, 4], "var_": [9, 16], "n_samples_seen_": 10}"#,
      ["mean_[2] 1.0 2.0", "scale_[2] 3.0 4.0", "var_[2] 9.0 16.0"]),
    Case(
      "a number among arrays only is a tensor", #"{"coef": [1, 2], "intercept": 0.5}"#,
      ["coef[2] 1.0 2.0", "intercept[] 0.5"]),
    Case(
      "an integer among arrays is a setting, a number with a point is a tensor beside it",
      #"{"coef": [1, 2], "num_batches_tracked": 5, "scale": 0.5, "s": "x", "n": null}"#,
      ["coef[2] 1.0 2.0", "scale[] 0.5"]),
    Case(
      "in a wrapper a number with a point or an exponent is a tensor, whatever its neighbours and however deep",
      #"{"lr": 0.1, "state_dict": {"w": [1], "s": 2.6, "n": 7, "m": {"t": 1e-3, "u": {"v": [[2]]}, "w": "x"}}}"#,
      ["w[1] 1.0", "s[] 2.6", "m.t[] 0.001", "m.u.v[1, 1] 2.0"]),
    Case(
      "settings stay settings: beside a wrapper, beside objects, in config, and where there are no arrays",
      #"{"lr": 0.1, "weights": {"w": [1], "config": {"eps": 0.1}}, "parameters": {"tol": 0.1}}"#,
      ["w[1] 1.0"]),
    Case("settings beside arrays and objects", #"{"w": [1], "rate": 0.5, "config": {"a": 1}}"#, ["w[1] 1.0"]),
    Case("a model of scalars", #"{"logit_scale": 2.6, "bias": -1e1}"#, ["logit_scale[] 2.6", "bias[] -10.0"]),
    Case("a wrapped model of scalars", #"{"epoch": 3, "state_dict": {"logit_scale": 2.6}}"#, ["logit_scale[] 2.6"]),
    Case(
      "a checkpoint: the state of training is left out",
      #"{"state_dict": {"w": [1]}, "optimizer": {"m": [2]}, "optimizer_states": [{"m": [3]}], "lr_schedulers": [{"l": [4]}]}"#,
      ["w[1] 1.0"]),
    Case("without a wrapper nothing is left out", #"{"optimizer": {"m": [2]}}"#, ["optimizer.m[1] 2.0"]),
    Case(
      "GuitarML",
      #"{"model_data": {"hidden_size": 4, "x": [1]}, "state_dict": {"rec.weight": [[1]], "lin.bias": [2]}}"#,
      ["rec.weight[1, 1] 1.0", "lin.bias[1] 2.0"]),
    Case(
      "Neural Amp Modeler",
      #"{"version": "0.5", "config": {"dilations": [1, 2]}, "metadata": {"d": [-16]}, "weights": [1, 2, 3], "sample_rate": 48000}"#,
      ["weights[3] 1.0 2.0 3.0"]),
    Case(
      "shapes are metadata", #"{"in_shape": [null, 3], "input_shape": [2, 2], "kernel_size": [3], "w": [1]}"#,
      ["w[1] 1.0"]),
    Case("a tensor may be called shape", #"{"shape": [0.5, 1.5]}"#, ["shape[2] 0.5 1.5"]),
    Case(
      "a layer list of another kind", #"{"layers": [{"weights": [[1, 2], [3, 4]], "biases": [5, 6]}]}"#,
      ["layers.0.weights[2, 2] 1.0 2.0 3.0 4.0", "layers.0.biases[2] 5.0 6.0"]),
    Case(
      "a layer list of another kind, with types",
      #"{"layers": [{"type": "dense", "weights": [[1, 2], [3, 4]], "bias": [5, 6]}]}"#,
      ["layers.0.weights[2, 2] 1.0 2.0 3.0 4.0", "layers.0.bias[2] 5.0 6.0"]),
    Case(
      "linear boosters of XGBoost",
      #"{"learner": {"gradient_booster": {"model": {"weights": [1, 2]}, "name": "gblinear"}}}"#,
      ["learner.gradient_booster.model.weights[2] 1.0 2.0"]),
    Case("empty lists are metadata", #"{"e": [], "f": [[], []], "w": [1]}"#, ["w[1] 1.0"]),
    Case(
      "booleans and mixed texts are metadata", #"{"m": [true, false, null], "n": ["relu", 3], "w": [1]}"#, ["w[1] 1.0"]),
  ]

  @Test("give these tensors", arguments: cases)
  func tensors(_ test: Case) throws {
    let model = try readText(test.text)
    #expect(model.summary == test.tensors)
    #expect(model.origins.count == model.tensors.count)
  }

  @Test("a tensor's origin is the place of its array")
  func origins() throws {
    let model = try readText("{\"a\": [1],\n  \"b\": [[1,\n 2]],\n\"c\": {\"d\":\n[3]}, \"intercept_\": 4}")
    #expect(model.origins.map(\.line) == [1, 2, 5, 5])
    #expect(model.origins.map(\.column) == [7, 8, 1, 21])
  }

  @Test("numbers of metadata keep their text, tensors are references in document order")
  func document() throws {
    let model = try readText(#"{"z": [1], "config": {"a": 1.50, "b": [1e5, null], "c": true}, "y": [["2"]]}"#)
    #expect(
      model.document
        == .object([
          .init("z", .tensor(TensorReference(index: 0))),
          .init(
            "config",
            .object([
              .init("a", .number("1.50")), .init("b", .array([.number("1e5"), .null])), .init("c", .bool(true)),
            ])),
          .init("y", .tensor(TensorReference(index: 1, areStrings: true))),
        ]))
  }
}
