import Foundation
import Testing

@Suite("export")
struct ExportTests {
  private func model(_ folder: TemporaryFolder, _ source: String, _ options: [String] = []) -> String {
    let path = folder.path("m.pare")
    #expect(pare(["convert", Package.source(source), "-o", path, "--force"] + options).status == 0)
    return path
  }

  @Test(
    "JSON of a lossless container converts to the same container",
    arguments: ["linear.json", "mlp.json", "wrapped.json", "layers.json"])
  func roundTrip(source: String) throws {
    let folder = try TemporaryFolder()
    let first = model(folder, source)
    let json = folder.path("m.json")
    #expect(pare("export", first, "--to", "json", "-o", json).status == 0)
    #expect(pare("convert", json, "-o", folder.path("again.pare")).status == 0)
    #expect(try folder.bytes("again.pare") == folder.bytes("m.pare"))
    #expect(pare("compare", first, json).text.contains("identical: "))
    #expect(pare("export", first, "--to", "json", "-o", "-").output == (try folder.bytes("m.json")))
  }

  @Test("A folder of tables comes back as one")
  func tables() throws {
    let folder = try TemporaryFolder()
    let first = model(folder, "mlp_csv")
    #expect(pare("export", first, "--to", "csv", "-o", folder.path("tables")).status == 0)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("tables")).sorted()
    #expect(names == ["fc1.bias.csv", "fc1.weight.csv", "fc2.bias.csv", "fc2.weight.csv"])
    #expect(pare("convert", folder.path("tables"), "-o", folder.path("again.pare")).status == 0)
    #expect(try folder.bytes("again.pare") == folder.bytes("m.pare"))
  }

  @Test("Word vectors come back as word vectors, one tensor as one file")
  func words() throws {
    let folder = try TemporaryFolder()
    let first = model(folder, "words.txt")
    let text = folder.path("words.txt")
    #expect(pare("export", first, "--to", "csv", "-o", text).status == 0)
    #expect(pare("compare", first, text).text.contains("identical: "))
  }

  @Test(
    "JSON of any kind of table is a flat object, as that of a CSV with commas is",
    arguments: [
      "1,2\n3,4\n", "1;2\n3;4\n", "x,y\n1,2\n3,4\n", "a,1,2\nb,3,4\n", "a 1 2\nb 3 4\n", "2 2\na 1 2\nb 3 4\n",
    ])
  func tableAsJSON(text: String) throws {
    let folder = try TemporaryFolder()
    let source = try folder.write(Array(text.utf8), to: "name.csv")
    #expect(pare("convert", source, "-o", folder.path("m.pare")).status == 0)
    let run = pare("export", folder.path("m.pare"), "--to", "json", "-o", "-")
    #expect(run.text == "{\"name\": [[1.0, 2.0], [3.0, 4.0]]}\n")
  }

  @Test(
    "A valid container's tensors come out in every format, whatever its source text is",
    arguments: [
      "json", "csv", "npy", "npz", "f32",
    ])
  func sourceText(format: String) throws {
    let folder = try TemporaryFolder()
    for url in try Package.containers("valid") where url.lastPathComponent.contains("source") {
      let run = pare("export", url.path, "--to", format, "-o", folder.path(url.lastPathComponent + "." + format))
      #expect(run.status == 0, "\(url.lastPathComponent): \(run.errors)")
    }
    let tables = folder.path("sections-source-tables.pare." + format)
    switch format {
    case "json":
      #expect(
        try folder.bytes("sections-source-tables.pare.json")
          == Array("{\"a\": [1.0], \"b\": [0.0], \"c\": [2.0]}\n".utf8))
    case "csv": #expect(try String(contentsOfFile: tables + "/c.csv", encoding: .utf8) == "2.0\n")
    case "f32":
      #expect(try folder.bytes("sections-source-tables.pare.f32") == [0, 0, 0x80, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0x40])
    default: break
    }
  }

  @Test("npz and f32 hold every tensor's floats", arguments: ["npz", "f32"])
  func arrays(format: String) throws {
    let folder = try TemporaryFolder()
    let first = model(folder, "mlp.json")
    let out = folder.path("m." + format)
    #expect(pare("export", first, "--to", format, "-o", out).status == 0)
    if format == "npz" {
      #expect(pare("compare", first, out).text.contains("identical: "))
    } else {
      let count = 32 * 64 + 64 + 64 * 10 + 10
      #expect(try folder.bytes("m.f32").count == 4 * count)
    }
  }

  @Test("csv and npy of several tensors are a folder: not standard output, not over something else")
  func folders() throws {
    let folder = try TemporaryFolder()
    let first = model(folder, "linear.json")
    #expect(pare("export", first, "--to", "npy", "-o", "-").status == 64)
    let out = folder.path("arrays")
    #expect(pare("export", first, "--to", "npy", "-o", out).status == 0)
    let again = pare("export", first, "--to", "npy", "-o", out)
    #expect(again.status == 73)
    #expect(again.errors == "\(out): error: the folder exists and is not empty; --force replaces it\n")
    #expect(pare("export", first, "--to", "npy", "-o", out + "/", "--force").status == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: out).sorted() == ["coef.npy", "intercept.npy"])
    _ = try folder.write([1], to: "arrays/precious.txt")
    let refused = pare("export", first, "--to", "npy", "-o", out, "--force")
    #expect(refused.status == 73)
    #expect(refused.errors == "\(out): error: not replacing a folder that holds something else: precious.txt\n")
    #expect(pare("export", first, "--to", "csv", "-o", first).status == 64)
    #expect(try folder.names == ["arrays", "m.pare"])
  }

  @Test("A damaged tensor ends an export with 65, and nothing is written")
  func damaged() throws {
    let folder = try TemporaryFolder()
    let first = model(folder, "linear.json")
    var bytes = try folder.bytes("m.pare")
    bytes[bytes.count - 1] ^= 1
    _ = try folder.write(bytes, to: "m.pare")
    for (format, name) in [("json", "m.json"), ("csv", "m")] {
      let run = pare("export", first, "--to", format, "-o", folder.path(name))
      #expect(run.status == 65)
      #expect(run.errors.contains("[payloadChecksum]"))
    }
    #expect(try folder.names == ["m.pare"])
  }
}
