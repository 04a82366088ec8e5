import Testing

@Suite("convert --layers")
struct LayersTests {
  static let state = #"{"fc1.weight": [[1, 2], [3, 4], [5, 6]], "fc1.bias": [1, 2, 3], "fc2.weight": [[1, 2, 3]]}"#

  @Test("the report says what graph there is; the layers may be in a file")
  func graph() throws {
    let folder = try TemporaryFolder()
    let source = try folder.write(Array(Self.state.utf8), to: "m.json")
    let file = try folder.write(Array("fc1 # hidden\nrelu\nfc2\n".utf8), to: "layers.txt")
    let run = pare("convert", source, "-o", folder.path("a.pare"), "--layers", "fc1 relu fc2")
    #expect(run.status == 0)
    #expect(run.text.hasSuffix("\ngraph        3 operations, input [2], output [1]; state 0 bytes\n"), "\(run.text)")
    #expect(pare("convert", source, "-o", folder.path("b.pare"), "--layers", "@" + file).status == 0)
    #expect(try folder.bytes("a.pare") == folder.bytes("b.pare"))
    let plain = pare("convert", source, "-o", folder.path("c.pare"))
    #expect(!plain.text.contains("graph"))
  }

  @Test(
    "64 for a text or a shape that makes no sense",
    arguments: [
      (["--layers", "fc1 ("], "'--layers <layers>': expected a layer, found '(', at character 5"),
      (["--layers", "fc1", "--input", "2x"], "'--input <shape>': a shape is one to three numbers, as 1x28x28"),
      (["--layers", "fc1", "--input", "0"], "'--input <shape>': a shape is one to three numbers, as 1x28x28"),
      (["--input", "2"], "'--input' has no use without '--layers'"),
    ])
  func usage(_ options: [String], _ message: String) throws {
    let folder = try TemporaryFolder()
    let source = try folder.write(Array(Self.state.utf8), to: "m.json")
    let run = pare(["convert", source, "-o", folder.path("a.pare")] + options)
    #expect(run.status == 64)
    #expect(run.errors.contains(message), "\(run.errors)")
    #expect(try folder.names == ["m.json"])
  }

  @Test("65 where the layers do not fit the source, 66 where their file is not there")
  func misfit() throws {
    let folder = try TemporaryFolder()
    let source = try folder.write(Array(Self.state.utf8), to: "m.json")
    let run = pare("convert", source, "-o", folder.path("a.pare"), "--layers", "fc1 relu")
    #expect(run.status == 65)
    #expect(run.errors == "\(source):1:79: error: no layer uses the tensor fc2.weight of shape [1, 3]\n")
    let wide = pare("convert", source, "-o", folder.path("a.pare"), "--layers", "fc1 fc2", "--input", "3")
    #expect(wide.errors == "\(source):1:16: error: fc1: weight [3, 2], bias [3] do not fit frames of [3]\n")
    #expect(pare("convert", source, "-o", folder.path("a.pare"), "--layers", "@/nonexistent").status == 66)
    #expect(try folder.names == ["m.json"])
  }

  @Test("a source whose layers make no graph converts with a note")
  func note() throws {
    let folder = try TemporaryFolder()
    let text = #"{"in_shape": [null, 2], "layers": [{"type": "swirl", "shape": [null, 2], "weights": [[[1, 2]]]}]}"#
    let source = try folder.write(Array(text.utf8), to: "m.json")
    let run = pare("convert", source, "-o", folder.path("a.pare"))
    #expect(run.status == 0)
    #expect(run.errors == "note: \(source):1:86: no graph: layers.0 (swirl): this type of layer is not known\n")
    #expect(pare("compare", folder.path("a.pare"), source).errors.isEmpty)
  }

  @Test("weights whose axes --layers turned are compared and exported as the source has them")
  func turned() throws {
    let folder = try TemporaryFolder()
    let text = #"{"up.weight": [[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]}"# + "\n"
    let source = try folder.write(Array(text.utf8), to: "m.json")
    let model = folder.path("a.pare")
    #expect(pare("convert", source, "-o", model, "--layers", "up(transposed)").status == 0)
    let compared = pare("compare", model, source)
    #expect(compared.status == 0)
    #expect(compared.text.contains("identical: every weight of 1 tensor, bit for bit"), "\(compared.text)")
    #expect(pare("export", model, "--to", "json", "-o", folder.path("b.json")).status == 0)
    #expect(try folder.bytes("b.json") == Array(text.utf8))
  }
}
