import PareEncode
import Testing

@testable import PareConvert

@Suite("Graphs of scikit-learn models")
struct ScikitGraphTests {
  @Test("a linear or logistic model gives its decision function; its classes are a fact")
  func linear() throws {
    let flat = try readText(#"{"model": "LinearRegression", "coef_": [1.5, 2], "intercept_": 2.5}"#)
    #expect(
      flat.graphLines == ["0 [2] input", "1 [1] dense 0 coef_ intercept_", "output 1", "model = LinearRegression"])
    let rows = try readText(
      #"{"coef_": [[1, 2], [3, 4], [5, 6]], "intercept_": [1, 2, 3], "classes_": ["a", "b", "c"]}"#)
    #expect(rows.graphLines == ["0 [2] input", "1 [3] dense 0 coef_ intercept_", "output 1", "classes = a,b,c"])
    let binary = try readText(#"{"coef_": [[1, 2]], "intercept_": [1], "classes_": [0, 1]}"#)
    #expect(binary.graphLines == ["0 [2] input", "1 [1] dense 0 coef_ intercept_", "output 1", "classes = 0,1"])
    let without = try readText(#"{"coef_": [[1, 2], [3, 4]], "intercept_": 0.0}"#)
    #expect(without.graphLines == ["0 [2] input", "1 [2] dense 0 coef_", "output 1"])
  }

  @Test("a scaler before the model, in an object of its own or in the same one; or alone")
  func scaler() throws {
    let apart = try readText(
      #"{"scaler": {"mean_": [1, 2], "scale_": [3, 4], "var_": [9, 16]}, "model": {"coef_": [1, 2], "intercept_": 1}}"#)
    #expect(
      apart.graphLines == [
        "0 [2] input", "1 [2] scaler 0 scaler.mean_ scaler.scale_", "2 [1] dense 1 model.coef_ model.intercept_",
        "output 2",
      ])
    let together = try readText(#"{"mean_": [1, 2], "coef_": [1, 2], "intercept_": 1}"#)
    #expect(
      together.graphLines == ["0 [2] input", "1 [2] scaler 0 mean_", "2 [1] dense 1 coef_ intercept_", "output 2"])
    let alone = try readText(#"{"center_": [1, 2], "scale_": [1, 2]}"#)
    #expect(alone.graphLines == ["0 [2] input", "1 [2] scaler 0 center_ scale_", "output 1"])
  }

  @Test("a multilayer perceptron, whose weights [in][out] are stored output-first and come back on export")
  func layers() throws {
    let text =
      #"{"activation": "logistic", "out_activation_": "softmax", "hidden_layer_sizes": [3], "coefs_": [[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]], "intercepts_": [[1.0, 2.0, 3.0], [4.0, 5.0]], "classes_": [0, 1]}"#
    let model = try readText(text)
    #expect(
      model.graphLines == [
        "0 [2] input", "1 [3] dense 0 coefs_.0 intercepts_.0", "2 [3] sigmoid 1",
        "3 [2] dense 2 coefs_.1 intercepts_.1", "4 [2] softmax 3", "output 4", "classes = 0,1",
      ])
    #expect(model.summary[0] == "coefs_.0[3, 2] 1.0 4.0 2.0 5.0 3.0 6.0")
    #expect(String(decoding: try model.exported(.json), as: UTF8.self) == text + "\n")
  }

  @Test("what is not known or does not fit is noted, and the tensors stay as they are")
  func refused() throws {
    for (text, message) in [
      (
        #"{"activation": "swish", "out_activation_": "identity", "coefs_": [[[1, 2]]], "intercepts_": [[1, 2]]}"#,
        #"expected 'activation' to be one of identity, logistic, tanh, relu, found "swish""#
      ),
      (
        #"{"activation": "relu", "coefs_": [[[1, 2]]], "intercepts_": [[1, 2]]}"#,
        "expected 'out_activation_' to be one of identity, logistic, softmax, found none"
      ),
      (
        #"{"activation": "relu", "out_activation_": "identity", "coefs_": [[[1, 2]]], "intercepts_": [[1]]}"#,
        "coefs_.0: coefs_.0 [2, 1], intercepts_.0 [1] do not fit frames of [1]"
      ),
      (#"{"min_": [1, 2], "scale_": [3, 4]}"#, "a scaler with 'min_' (MinMaxScaler) is not known"),
      (
        #"{"coef_": [[1, 2], [3, 4]], "intercept_": 1}"#, "coef_: coef_ [2, 2], intercept_ [] do not fit frames of [2]"
      ),
      (#"{"coef_": [1, 2], "intercept_": 1, "x": [[1]]}"#, "no layer uses the tensor x of shape [1, 1]"),
      (#"{"a": {"coef_": [1]}, "b": {"coef_": [1]}}"#, "expected one model and at most one scaler, found 2 and 0"),
    ] {
      let model = try readText(text)
      #expect(model.graph == nil)
      let note = try #require(model.graphNote)
      #expect(note.hasSuffix(": no graph: " + message), "\(note)")
      #expect(model.document.references.allSatisfy { $0.permutation == nil })
    }
  }

  @Test("two tables, NAME_coef and NAME_intercept, are a linear model; with others beside them that is noted")
  func tables() throws {
    let folder = SourceFolder()
    let coefficients = folder.write("m_coef.csv", Array("1,2\n3,4\n5,6\n".utf8))
    let intercept = folder.write("m_intercept.csv", Array("1\n2\n3\n".utf8))
    #expect(
      try readModel([coefficients, intercept]).graphLines == [
        "0 [2] input", "1 [3] dense 0 m_coef m_intercept", "output 1",
      ])
    #expect(try readModel([coefficients]).graph == nil)
    #expect(try readModel([coefficients]).graphNote == nil)
    #expect(try readModel([folder.path]).graph != nil)
    let other = folder.write("x.csv", Array("1\n".utf8))
    let more = try readModel([folder.path])
    #expect(more.graph == nil)
    #expect(more.graphNote == "\(other):1:1: no graph: no layer uses the tensor x of shape [1]")
  }
}
