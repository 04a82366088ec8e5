import PareEncode
import Testing

@testable import PareConvert

@Suite("Graphs of GuitarML models")
struct PedalModelGraphTests {
  private func text(_ data: String, _ gates: Int, rows: Int? = nil, bias: Bool = true) -> String {
    let rows = Array(repeating: "[0.5]", count: rows ?? gates).joined(separator: ", ")
    let vector = Array(repeating: "0.5", count: gates).joined(separator: ", ")
    let state = [
      "\"rec.weight_ih_l0\": [\(rows)], \"rec.weight_hh_l0\": [\(rows)]",
      "\"rec.bias_ih_l0\": [\(vector)], \"rec.bias_hh_l0\": [\(vector)]", "\"lin.weight\": [[2.0]]",
    ]
    let head = bias ? ", \"lin.bias\": [3.0]" : ""
    return "{\"model_data\": {\(data)}, \"state_dict\": {\(state.joined(separator: ", "))\(head)}}"
  }

  static let settings =
    #""model": "SimpleRNN", "input_size": 1, "skip": 1, "output_size": 1, "num_layers": 1, "hidden_size": 1"#

  @Test("a recurrent layer with two biases, then a linear one; skip is a fact, no operation")
  func graph() throws {
    let lstm = try readText(text(Self.settings + #", "unit_type": "LSTM", "samplerate": 44100.0"#, 4))
    #expect(
      lstm.graphLines == [
        "0 [1] input", "1 [1] lstm 0 rec.weight_ih_l0 rec.weight_hh_l0 rec.bias_ih_l0 rec.bias_hh_l0",
        "2 [1] dense 1 lin.weight lin.bias", "output 2", "model = SimpleRNN", "sampleRate = 44100", "skip = 1",
      ])
    let gru = try readText(text(Self.settings + #", "unit_type": "GRU""#, 3, bias: false))
    #expect(
      gru.graphLines.dropFirst().prefix(2) == [
        "1 [1] gru 0 rec.weight_ih_l0 rec.weight_hh_l0 rec.bias_ih_l0 rec.bias_hh_l0 | 0", "2 [1] dense 1 lin.weight",
      ])
  }

  @Test("what is not known or does not fit is noted")
  func refused() throws {
    for (settings, gates, message) in [
      (
        Self.settings + #", "unit_type": "RNN""#, 4, #"model_data: expected the unit_type 'LSTM' or 'GRU', found "RNN""#
      ),
      (#""model": "Other", "unit_type": "GRU""#, 3, "model_data: expected the model 'SimpleRNN', found 'Other'"),
      (
        Self.settings.replacing("\"hidden_size\": 1", with: "\"hidden_size\": 2") + #", "unit_type": "GRU""#, 3,
        "model_data: its hidden_size states 2, the tensors are for 1"
      ),
      (
        Self.settings.replacing("\"num_layers\": 1", with: "\"num_layers\": 2") + #", "unit_type": "GRU""#, 3,
        "model_data: its num_layers states 2, the tensors are for 1"
      ),
      (
        Self.settings + #", "unit_type": "LSTM""#, 3,
        "rec: weight_ih_l0 [3, 1], weight_hh_l0 [3, 1], bias_ih_l0 [3], bias_hh_l0 [3] do not fit frames of [1]"
      ),
    ] {
      let model = try readText(text(settings, gates))
      #expect(model.graph == nil && model.tensors.count == 6)
      let note = try #require(model.graphNote)
      #expect(note.hasSuffix(": no graph: " + message), "\(note)")
    }
  }
}
