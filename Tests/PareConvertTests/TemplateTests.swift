import PareEncode
import Testing

@testable import PareConvert

@Suite("Source layouts and templates")
struct TemplateTests {
  private func template(_ text: String, as name: String = "m.json") throws -> String {
    switch try readText(text, as: name).layout() {
    case .plain: "plain"
    case .order(let order): "order \(order)"
    case .template(let kind, let text): "\(kind) " + String(decoding: text, as: UTF8.self)
    }
  }

  @Test("a flat object of tensors needs no template, only its order")
  func flat() throws {
    #expect(try template(#"{"a": [1], "b": [2]}"#) == "plain")
    #expect(try template(#"{"b": [1], "a": [2], "B": [3]}"#) == "order [2, 1, 0]")
    #expect(try template("1,2\n", as: "t.csv") == "plain")
    #expect(try template(#"{"coef": [1], "intercept": 0.5}"#) == "plain")
  }

  @Test("anything else is a compact JSON text with references")
  func documents() throws {
    #expect(
      try template(
        #"{"state_dict": {"b": [1], "a": [[2]]}, "config": {"l": [1.50, null, "x\u0001\u007fé\/"]}, "e": {}}"#)
        == #"0 {"state_dict":{@1,@0},"config":{"l":[1.50,null,"x\u0001\u007fé/"]},"e":{}}"#)
    #expect(try template("[[1, 2]]") == "0 @0")
    #expect(try template(#"{"w": ["1", "2"]}"#) == "0 {@0s}")
    #expect(
      try template(#"{"layers": [{"type": "dense", "shape": [null, 1], "weights": [[[1], [2]], [3]]}]}"#)
        == #"0 {"layers":[{"type":"dense","shape":[null,1],"weights":[@1(1,0),@0]}]}"#)
  }

  @Test("tables state what is around their numbers")
  func tables() throws {
    #expect(
      try template("name;a\nr\t1;1\n", as: "t.txt")
        == #"1 [{"tensor":@0,"extension":"txt","separator":";","corner":"name","header":["a"],"rowNames":["r\t1"]}]"#)
    #expect(
      try template("1 2\na 3 4\n", as: "v")
        == #"1 [{"tensor":@0,"separator":" ","format":"word2vec","rowNames":["a"]}]"#)
  }

  private static let names = ["a", "b.c", "d"]

  @Test(
    "a template is read back as it was written",
    arguments: [
      #"{@0,"x":{"b.c":1,"y":@1(1,0)s},"l":[@2,1.50,null,true,"\u0001"]}"#, "[@2,@1,@0]", #"{"z":@0s,@2(0),"q":{@1}}"#,
      #"{"weights":@[0,2(1,-0),1(-2,0,1)s],"x":1}"#, "[@[1],@[2,0]]",
    ])
  func roundTrip(_ text: String) throws {
    let document = try parseTemplate(kind: 0, text: Array(text.utf8), names: Self.names)
    var writer = TemplateWriter(names: Self.names, ranks: [0, 1, 2])
    writer.write(document)
    #expect(String(decoding: writer.text, as: UTF8.self) == text)
  }

  @Test(
    "a template that does not reference each tensor once, or is no JSON, is refused",
    arguments: [
      ("[@0,@1]", "expected each tensor once, found no @2"),
      ("[@0,@1,@1]", "expected each tensor once, found @1 again"),
      ("[@0,@1,@3]", "expected the index of a tensor, found 3"), ("[@]", "expected the tensor's index, found ']'"),
      ("[@0(1,1)]", "expected each axis once, found [1, 1]"), ("[@0(1", "expected ')', found the end of the text"),
      ("[@0(]", "expected an axis, found ']'"), ("{@0,\"a\":1}", "expected each key once, found 'a' again"),
      ("[@99999999999999999999]", "expected the index of a tensor, found 1099511627776"),
      ("", "expected a value, found the end of the text"),
      ("{\"x\":[1,2}", "expected ',' or ']', found '}'"), ("@[]", "expected the tensor's index, found ']'"),
      ("@[0,1", "expected ',' or ']', found the end of the text"),
      ("@[0,0]", "expected each tensor once, found @0 again"),
      ("{@[0,1]}", "expected the tensor's index, found a list"),
      ("@[@0]", "expected the tensor's index, found '@'"), ("@0(--1)", "expected an axis, found '-1'"),
    ])
  func refused(_ text: String, _ message: String) {
    do throws(SourceError) {
      _ = try parseTemplate(kind: 0, text: Array(text.utf8), names: Self.names)
      Issue.record("accepted")
    } catch { #expect(error.message == message) }
  }

  @Test(
    "a table set's template needs a tensor and a separator for each file",
    arguments: [
      "@0", "[@0]", #"[{"tensor":@0}]"#, #"[{"tensor":@0,"separator":"x"}]"#,
      #"[{"tensor":@0,"separator":",","header":[1]}]"#,
      #"[{"x":@0,"separator":","}]"#,
    ])
  func refusedTables(_ text: String) {
    #expect(throws: SourceError.self) { try parseTemplate(kind: 1, text: Array(text.utf8), names: ["a"]) }
    #expect(throws: SourceError.self) { try parseTemplate(kind: 2, text: Array(text.utf8), names: ["a"]) }
  }

  @Test(
    "a source text that does not fit the tensors is not used: they come out as a flat list, and the reason is noted",
    arguments: [
      (0, "@0(0,2,1)", "the axes of @0 are not those of the tensor"),
      (0, "@0(0)", "the axes of @0 are not those of the tensor"), (0, "nonsense", "expected a value, found 'nonsense'"),
      (1, #"[{"tensor":@0,"separator":",","header":["x"]}]"#, "expected 3 names in the header, found 1"),
      (1, #"[{"tensor":@0,"separator":",","rowNames":["x"]}]"#, "expected 2 row names, found 1"),
      (
        1, #"[{"tensor":@0,"separator":",","rowNames":["x","y\nz"]}]"#,
        #"expected a name of one line, found "y\nz""#
      ),
      (1, #"[{"tensor":@0(1,0),"separator":",","header":["a","b","c"]}]"#, "expected 2 names in the header, found 3"),
    ])
  func fit(kind: UInt8, text: String, reason: String) throws {
    let layout = SourceLayout.template(kind: kind, text: Array(text.utf8))
    let exporter = try ModelExporter([ExportTensor(name: "a", shape: [2, 3])], layout: layout)
    for format in [ExportFormat.json, .csv, .f32] {
      #expect(
        exporter.notes(format) == [
          "the source's layout is not used, as its text does not fit the tensors: \(reason)"
        ])
    }
    #expect(exporter.notes(.npz).isEmpty && exporter.notes(.npy).isEmpty)
    var sink = MemorySink()
    try exporter.write(.json, to: &sink) { _ in FloatBuffer([1, 2, 3, 4, 5, 6]) }
    #expect(String(decoding: sink.bytes, as: UTF8.self) == "{\"a\": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]}\n")
    #expect(throws: SourceError.self) {
      try ModelExporter([ExportTensor(name: "a", shape: [2, 3])], layout: .order([1]))
    }
  }

  @Test("a joined array has the elements of its tensors one behind the other, in the source's order of axes")
  func joined() throws {
    let text = #"{"weights":@[1(1,0),0(0,-1),2],"x":null}"#
    let tensors = [
      ExportTensor(name: "a", shape: [2, 2]), ExportTensor(name: "b", shape: [2, 3]),
      ExportTensor(name: "c", shape: []),
    ]
    let exporter = try ModelExporter(tensors, layout: .template(kind: 0, text: Array(text.utf8)))
    #expect(exporter.sourceOrder == [1, 0, 2])
    var sink = MemorySink()
    let values: [[Float]] = [[1, 2, 3, 4], [5, 6, 7, 8, 9, 10], [11]]
    try exporter.write(.json, to: &sink) { FloatBuffer(values[$0]) }
    #expect(
      String(decoding: sink.bytes, as: UTF8.self)
        == "{\"weights\": [5.0, 8.0, 6.0, 9.0, 7.0, 10.0, 2.0, 1.0, 4.0, 3.0, 11.0], \"x\": null}\n")
  }

  @Test("a table's tensor comes back in the source's order of axes; that its numbers were strings changes nothing")
  func turnedTable() throws {
    let text = #"[{"tensor":@0(1,0)s,"separator":";","header":["a","b"]}]"#
    let exporter = try ModelExporter(
      [ExportTensor(name: "a", shape: [2, 3])], layout: .template(kind: 1, text: Array(text.utf8)))
    #expect(exporter.notes(.csv).isEmpty)
    var sink = MemorySink()
    try exporter.write(tensor: 0, as: .csv, to: &sink) { _ in FloatBuffer([1, 2, 3, 4, 5, 6]) }
    #expect(String(decoding: sink.bytes, as: UTF8.self) == "a;b\n1.0;4.0\n2.0;5.0\n3.0;6.0\n")
  }
}
