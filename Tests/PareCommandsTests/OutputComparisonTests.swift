import Foundation
import Testing

/// Models small enough to be computed by hand.
@Suite("Outputs of models on the command line")
struct OutputComparisonTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A container, its source, and a table of inputs.
  private struct Files {
    let model: String
    let source: String
    let inputs: String
  }

  private func files(_ source: String, layers: String, inputs: String, _ options: [String] = []) throws -> Files {
    let files = Files(
      model: folder.path("m.pare"), source: try file("m.json", source), inputs: try file("x.csv", inputs))
    let run = pare(["convert", files.source, "-o", files.model, "--force", "--layers", layers] + options)
    try #require(run.status == 0, "\(run.errors)")
    return files
  }

  private func file(_ name: String, _ text: String) throws -> String {
    let path = folder.path(name)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  /// y = (x0 + 2 x1 + 0.5, 3 x0 + 4 x1 - 0.5), for (1, 0), (0, 1) and (-1, 1).
  private func dense() throws -> Files {
    try files(
      #"{"fc.weight": [[1, 2], [3, 4]], "fc.bias": [0.5, -0.5]}"#, layers: "fc", inputs: "1,0\n0,1\n-1,1\n")
  }

  private func compare(_ files: Files, _ options: String...) -> CommandRun {
    pare(["compare", files.model, files.source, "--inputs", files.inputs] + options, width: 200)
  }

  @Test("run gives a row for each frame, scaled inputs first, columns where they are asked for")
  func rows() throws {
    let files = try dense()
    #expect(pare("run", files.model, "--inputs", files.inputs).text == "1.5,2.5\n2.5,3.5\n1.5,0.5\n")
    #expect(
      pare("run", files.model, "--inputs", files.inputs, "--input-scale", "1/2").text == "1.0,1.0\n1.5,1.5\n1.0,0.0\n")
    let columns = try file("t.csv", "1,0,-1\n0,1,1\n")
    #expect(
      pare("run", files.model, "--inputs", columns, "--transpose").text == "1.5,2.5,1.5\n2.5,3.5,0.5\n")
    #expect(
      pare("run", files.model, "--inputs", files.inputs, "--skip-add").text == "2.5,3.5\n2.5,3.5\n0.5,-0.5\n")
  }

  @Test("Frames of warm-up are zeros that come before the inputs and leave no outputs")
  func warmup() throws {
    // y[t] = 2 x[t] + x[t - 1] + 0.25: frames before the first are zeros anyway.
    let files = try files(
      #"{"c.weight": [[[1, 2]]], "c.bias": [0.25]}"#, layers: "c(padding=causal)", inputs: "1\n0\n3\n")
    #expect(pare("run", files.model, "--inputs", files.inputs).text == "2.25\n1.25\n6.25\n")
    for count in ["1", "7"] {
      #expect(pare("run", files.model, "--inputs", files.inputs, "--warmup", count).text == "2.25\n1.25\n6.25\n")
    }
    // A valid convolution over two frames gives nothing for the first one; a frame of warm-up takes that place.
    let valid = try self.files(
      #"{"c.weight": [[[1, 2]]], "c.bias": [0.25]}"#, layers: "c", inputs: "1\n0\n3\n")
    #expect(pare("run", valid.model, "--inputs", valid.inputs).text == "1.25\n6.25\n")
    #expect(pare("run", valid.model, "--inputs", valid.inputs, "--warmup", "1").text == "2.25\n1.25\n6.25\n")
  }

  @Test("compare takes the expected outputs, one of their columns, and says no beyond the tolerance")
  func expected() throws {
    let files = try dense()
    let table = try file("y.csv", "1.5,2.5\n2.5,3.5\n1.5,0.25\n")
    for (tolerance, status) in [("0.25", 0 as Int32), ("0.24", 1)] {
      let run = compare(files, "--expected", table, "--tolerance", tolerance)
      #expect(run.status == status && run.text.contains("errors are against the expected outputs"), "\(run.text)")
    }
    #expect(compare(files, "--tolerance", "0").status == 0)
    #expect(compare(files, "--expected", try file("short.csv", "1.5,2.5\n")).status == 65)

    let single = try self.files(#"{"fc.weight": [[1, 2]], "fc.bias": [0.5]}"#, layers: "fc", inputs: "1,0\n0,1\n")
    let columns = try file("c.csv", "9,1.5\n9,2.5\n")
    #expect(compare(single, "--expected", columns, "--expected-column", "2", "--tolerance", "0").status == 0)
    #expect(compare(single, "--expected", columns, "--expected-column", "1", "--tolerance", "0").status == 1)
    #expect(compare(single, "--expected", columns, "--expected-column", "3").status == 65)
    #expect(compare(single, "--expected-column", "1").status == 64)
    let hint = compare(single, "--expected", columns)
    #expect(hint.status == 65 && hint.errors.contains("'--expected-column <N>' takes one of them"), "\(hint.errors)")
  }

  @Test("Labels are compared with the largest output, from 0, and the least accuracy is a limit")
  func labels() throws {
    let files = try dense()
    // The largest are 1, 1, 0.
    let labels = try file("l.csv", "1\n0\n0\n")
    #expect(compare(files, "--labels", labels, "--min-accuracy", "66.6").status == 0)
    #expect(compare(files, "--labels", labels, "--min-accuracy", "66.7").status == 1)
    #expect(compare(files, "--labels", try file("few.csv", "1\n")).status == 65)
    #expect(compare(files, "--min-accuracy", "50").status == 64)
  }

  @Test("The least SNR is a limit, which outputs without any signal or number do not reach")
  func signal() throws {
    let files = try dense()
    #expect(compare(files, "--min-snr", "200").status == 0)
    // The signal's power is 29.55 and the error's 0.0025: 40.7 dB.
    let near = try file("near.csv", "1.5,2.5\n2.5,3.5\n1.5,0.55\n")
    #expect(compare(files, "--expected", near, "--min-snr", "40.5").status == 0)
    #expect(compare(files, "--expected", near, "--min-snr", "41").status == 1)
    let zeros = try file("zeros.csv", "0,0\n0,0\n0,0\n")
    #expect(compare(files, "--expected", zeros, "--min-snr", "-100").status == 1)

    // 6e38 is infinity in f32, and the difference of two infinities is no number.
    let wide = try self.files(
      #"{"a.weight": [[3e38, 3e38], [3e38, 3e38]], "a.bias": [0, 0], "b.weight": [[1, -1]], "b.bias": [0]}"#,
      layers: "a b", inputs: "1,1\n")
    #expect(pare("run", wide.model, "--inputs", wide.inputs).text.lowercased().contains("nan"))
    let one = try file("one.csv", "1\n")
    #expect(compare(wide, "--expected", one, "--min-snr", "-100").status == 1)
    #expect(compare(wide, "--expected", one, "--tolerance", "1e30").status == 1)
    #expect(compare(wide, "--labels", try file("zero.csv", "0\n"), "--min-accuracy", "1").status == 1)
  }
}
