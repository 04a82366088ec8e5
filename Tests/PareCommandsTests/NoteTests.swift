import Foundation
import Testing

/// What a run changes or passes over is said on standard error, and the run succeeds.
@Suite("Notes")
struct NoteTests {
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
}
