import PareEncode
import Testing

@testable import PareConvert

@Suite("npy, npz and gzip")
struct ArchiveTests {
  private func file(_ name: String) -> [UInt8] { bytes(hex: archiveBytes[name] ?? "") }

  @Test(
    "npy of every element type and byte order",
    arguments: [
      "<f2", ">f2", "<f4", ">f4", "<f8", ">f8", "<i1", "<u1", "<i2", ">i2", "<u2", "<i4", ">u4", "<i8", ">i8", "<u8",
    ])
  func elementTypes(_ type: String) throws {
    let model = try readBytes(file("npy " + type), as: "a.npy")
    let values = type.contains("f") ? "1.5 -2.25 3.0 4.0 5.0 6.0" : "1.0 2.0 3.0 4.0 5.0 6.0"
    #expect(model.summary == ["a[2, 3] " + values])
    #expect(model.layout() == .plain)
  }

  @Test("npy: booleans, Fortran order, rank 0, no elements, versions 2 and 3")
  func kinds() throws {
    #expect(try readBytes(file("npy bool"), as: "a").summary == ["a[2] 1.0 0.0"])
    let fortran = try readBytes(file("npy fortran"), as: "a.npy")
    #expect(fortran.tensors[0].shape == [2, 3, 4])
    #expect(fortran.floats(0) == (0..<24).map(Float.init))
    #expect(try readBytes(file("npy scalar"), as: "a").summary == ["a[] 2.5"])
    #expect(try readBytes(file("npy empty"), as: "a").summary == ["a[0, 3] "])
    #expect(try readBytes(file("npy v2"), as: "a").summary == ["a[2, 3] 1.5 -2.25 3.0 4.0 5.0 6.0"])
    #expect(try readBytes(file("npy v3"), as: "a").summary == ["a[2, 3] 1.5 -2.25 3.0 4.0 5.0 6.0"])
  }

  @Test(
    "npy of other elements is refused by name",
    arguments: [
      ("npy complex", "expected floats or integers, found complex numbers ('<c8')"),
      ("npy object", "expected floats or integers, found Python objects ('|O')"),
      ("npy string", "expected floats or integers, found strings ('<U2')"),
      ("npy struct", "expected a plain element type in the npy header, found a structured one"),
      ("npy date", "expected floats or integers, found dates or times ('<M8[D]')"),
      ("npy huge", "expected numbers that a 32-bit float holds (at most 3.4028235e38), found 1e+300 at element 1"),
    ])
  func refusedElements(_ name: String, _ message: String) {
    let error = refusal(file(name), as: "a.npy")
    #expect(error?.message == message)
    #expect(error?.line == nil)
  }

  @Test("npz: tensors in the archive's order, stored and deflated")
  func archives() throws {
    let stored = try readBytes(file("npz stored"), as: "m.npz")
    #expect(stored.summary == ["b[3] 0.0 1.0 2.0", "a[2, 2] 1.0 1.0 1.0 1.0"])
    #expect(stored.layout() == .order([1, 0]))
    let deflated = try readBytes(file("npz deflated"), as: "m.npz")
    #expect(deflated.tensors.map(\.name) == ["b", "a"])
    #expect(deflated.floats(1) == Array(repeating: 1, count: 400))
  }

  @Test("every single-bit flip of an archive or a compressed text is refused or changes nothing that is read")
  func flips() throws {
    for name in ["npz stored", "npz deflated", "gz multi"] {
      let original = file(name)
      let bits = try readBytes(original, as: "m").bits
      for bit in 0..<original.count * 8 {
        var damaged = original
        damaged[bit / 8] ^= 1 << (bit % 8)
        guard let read = try? readBytes(damaged, as: "m") else { continue }
        // Times and attributes are nobody's; a member's name is the directory's, which has no checksum.
        let same = read.bits == bits
        let names = read.tensors.map(\.name) != ["b", "a"]
        #expect(same || names, "\(name), bit \(bit)")
      }
    }
  }

  @Test("a cut-off archive or compressed text is refused")
  func truncation() {
    for name in ["npy <f4", "npz stored", "npz deflated", "gz json", "gz csv"] {
      let original = file(name)
      for count in 0..<original.count {
        #expect(refusal(Array(original[..<count]), as: "m") != nil, "\(name) \(count)")
      }
    }
  }

  @Test("gzip of JSON, CSV and npy, also in several members")
  func compressed() throws {
    #expect(try readBytes(file("gz json"), as: "m.json.gz").summary == ["w[2, 2] 1.0 2.0 3.0 4.0"])
    #expect(try readBytes(file("gz multi"), as: "m").summary == ["w[2, 2] 1.0 2.0 3.0 4.0"])
    #expect(try readBytes(file("gz csv"), as: "t.csv.gz").summary == ["t[2, 2] 1.0 2.0 3.0 4.0"])
    #expect(try readBytes(file("gz npy"), as: "t.npy.gz").summary == ["t[2, 3] 1.5 -2.25 3.0 4.0 5.0 6.0"])
    #expect(refusal(file("gz gz"), as: "t")?.message == "this is compressed twice; unpack it first")
    #expect(refusal(file("gz json") + [1, 2], as: "t")?.message == "found 2 bytes behind the end of the gzip data")
  }

  @Test("what is no model is refused by name, with what to do instead")
  func byName() {
    func message(_ bytes: [UInt8]) -> String { refusal(bytes, as: "m.json")?.message ?? "accepted" }
    #expect(message([]) == "this file is empty; expected a model in JSON, CSV or npy")
    #expect(message(Array(" \n".utf8)).hasPrefix("this file holds nothing but blanks"))
    #expect(message([0x89] + Array("PAR\r\n\u{1A}\n".utf8)).hasPrefix("this is a container of pare already"))
    #expect(message([0x89] + Array("HDF\r\n\u{1A}\n".utf8)).hasPrefix("this is an HDF5 file"))
    #expect(message(Array("GGUF".utf8) + [3, 0, 0, 0]).hasPrefix("this is a GGUF file"))
    #expect(message([0x1C, 0, 0, 0] + Array("TFL3".utf8)).hasPrefix("this is a TensorFlow Lite model"))
    #expect(message([0x80, 4, 0x95, 1]).hasPrefix("this is a Python pickle"))
    #expect(message([9, 0, 0, 0, 0, 0, 0, 0] + Array("{\"a\":1}  x".utf8)).hasPrefix("this is a safetensors file"))
    #expect(message([8, 7, 0x12, 4] + Array("test".utf8)).hasPrefix("this is an ONNX (or other protobuf) model"))
    #expect(message(file("zip pt")).hasPrefix("this is a PyTorch checkpoint"))
    #expect(message(file("zip other")).hasPrefix("this zip archive has no .npy members"))
    #expect(message([0xFD] + Array("7zXZ".utf8) + [0]).hasPrefix("this is compressed with xz"))
    #expect(message([0x28, 0xB5, 0x2F, 0xFD]).hasPrefix("this is compressed with zstd"))
    #expect(message(Array("BZh9".utf8)).hasPrefix("this is compressed with bzip2"))
    #expect(message([0xFF, 0xFE, 0x7B, 0]).hasPrefix("this is UTF-16 text"))
    #expect(message(Array("tree\nversion=v3\n".utf8)).hasPrefix("a tree ensemble (LightGBM)"))
    #expect(message(Array("booster[0]:\n0:[f2<2]".utf8)).hasPrefix("a tree ensemble (XGBoost)"))
    #expect(message(Array("{L".utf8) + [0, 0, 0, 0, 0, 0, 0, 1]).hasPrefix("a tree ensemble (XGBoost)"))
    #expect(message(Array("<?xml version=\"1.0\"?>".utf8)).hasPrefix("this is an XML or HTML page"))
    #expect(message([1, 2, 3, 4]).hasPrefix("this is binary data of an unknown kind"))
  }
}
