import Foundation
import Testing

/// What a run changes or passes over is said on standard error, and the run succeeds.
@Suite("Notes")
struct NoteTests {
  private func convert(_ folder: TemporaryFolder, _ json: String) throws -> String {
    let source = try folder.write(Array(json.utf8), to: "m.json")
    let model = folder.path("m.pare")
    #expect(pare("convert", source, "-o", model).status == 0)
    return model
  }

  @Test("npz members have names of their own; a name that had to change is said, and others keep theirs")
  func archiveNames() throws {
    let folder = try TemporaryFolder()
    let model = try convert(folder, #"{"../x": [1], "_/x": [2], "_/x_2": [3], "y": [4]}"#)
    let archive = folder.path("m.npz")
    let run = pare("export", model, "--to", "npz", "-o", archive)
    #expect(run.status == 0)
    #expect(run.errors == "note: 1 name was changed: '../x' to '_/x_3'\n")
    #expect(pare("convert", archive, "-o", folder.path("again.pare")).status == 0)
    let same = try folder.write(Array(#"{"_/x_3": [1], "_/x": [2], "_/x_2": [3], "y": [4]}"#.utf8), to: "same.json")
    #expect(pare("compare", folder.path("again.pare"), same).text.contains("identical: "))
  }

  @Test("A tensor whose file has another name is said; where there is one file, its name is the caller's")
  func fileNames() throws {
    let folder = try TemporaryFolder()
    let model = try convert(folder, #"{"a/b": [1], "a_b": [2], "c": [3]}"#)
    let run = pare("export", model, "--to", "npy", "-o", folder.path("arrays"))
    #expect(run.status == 0)
    #expect(run.errors == "note: 1 name was changed: 'a/b' to 'a_b_2'\n")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("arrays")).sorted()
    #expect(names == ["a_b.npy", "a_b_2.npy", "c.npy"])
    let other = try TemporaryFolder()
    let single = try convert(other, #"{"a/b": [1]}"#)
    #expect(pare("export", single, "--to", "npy", "-o", other.path("one.npy")).errors.isEmpty)
    #expect(try other.names == ["m.json", "m.pare", "one.npy"])
  }

  @Test("Many names are counted, the first ones given")
  func manyNames() throws {
    let folder = try TemporaryFolder()
    let members = (0..<9).map { "\"a/\($0)\": [1]" }.joined(separator: ", ")
    let model = try convert(folder, "{\(members)}")
    let run = pare("export", model, "--to", "csv", "-o", folder.path("tables"))
    #expect(
      run.errors
        == "note: 9 names were changed: 'a/0' to 'a_0', 'a/1' to 'a_1', 'a/2' to 'a_2', 'a/3' to 'a_3', 'a/4' to 'a_4' and 4 more\n"
    )
  }

  @Test("Files of a folder that are no part of the model are named; .txt is a table; hidden files are not named")
  func passedOver() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.path("model"), withIntermediateDirectories: true)
    for (name, text) in [
      ("a.csv", "1,2\n"), ("b.txt", "3 4\n"), ("c.dat", "5\n"), ("d.json", "[6]"), (".hidden", "7"),
    ] { _ = try folder.write(Array(text.utf8), to: "model/" + name) }
    let model = folder.path("m.pare")
    let run = pare("convert", folder.path("model"), "-o", model)
    #expect(run.status == 0)
    #expect(
      run.errors
        == "note: \(folder.path("model")): not read: c.dat, d.json; a folder's model is its .csv, .tsv, .txt and .npy files\n"
    )
    let same = try folder.write(Array(#"{"a": [[1, 2]], "b": [[3, 4]]}"#.utf8), to: "same.json")
    #expect(pare("compare", model, same).text.contains("identical: "))
  }

  @Test("The state of training beside a model's weights is left out, which is said")
  func training() throws {
    let folder = try TemporaryFolder()
    let source = try folder.write(
      Array(
        #"""
        {"epoch": 3, "optimizer_state_dict": {"state": {"0": {"step": 7.0, "exp_avg": [[9, 9]]}}, "betas": [0.9, 0.99]},
        "lr_scheduler_state": {"base_lrs": [0.1]}, "optimizer": "adam", "model_state_dict": {"fc.w": [[1, 2]]}}
        """#.utf8), to: "m.json")
    let model = folder.path("m.pare")
    let run = pare("convert", source, "-o", model)
    #expect(run.status == 0)
    #expect(
      run.errors
        == "note: \(source): left out: optimizer_state_dict, lr_scheduler_state; that is the state of training, not weights\n"
    )
    #expect(
      pare("export", model, "--to", "json", "-o", "-").text
        == "{\"epoch\": 3, \"optimizer\": \"adam\", \"model_state_dict\": {\"fc.w\": [[1.0, 2.0]]}}\n")
    #expect(pare("compare", model, source).text.contains("identical: "))
  }

  @Test("Tensors whose shapes a table does not keep are named")
  func shapes() throws {
    let folder = try TemporaryFolder()
    let model = try convert(
      folder, #"{"column": [[1], [2]], "cube": [[[1, 2], [3, 4]]], "matrix": [[1, 2]], "s": 2.5, "vector": [1]}"#)
    let run = pare("export", model, "--to", "csv", "-o", folder.path("tables"))
    #expect(run.status == 0)
    #expect(
      run.errors
        == "note: a table does not keep the shape of 'column' (2x1), 'cube' (1x2x2), 's' (scalar); --to npy does\n")
    #expect(pare("export", model, "--to", "npy", "-o", folder.path("arrays")).errors.isEmpty)
  }
}
