import Testing

@Suite("repack")
struct RepackTests {
  @Test(
    "To the other profile and back gives the identical file, whichever it began with",
    arguments: [
      [], ["--quantize", "int8", "--scale", "axis"], ["--quantize", "int4", "--scale", "group:32", "--affine"],
      ["--quantize", "codebook:16", "--prune", "sparsity=0.8"], ["--quantize", "step:30dB", "--prune", "2:4"],
      ["--quantize", "int12", "--prune", "sparsity=0.5", "--align", "64"], ["--quantize", "int1"],
      ["--quantize", "bf16"],
    ])
  func thereAndBack(options: [String]) throws {
    let folder = try TemporaryFolder()
    let files = ["first", "there", "back"].map { folder.path($0 + ".pare") }
    for source in ["mlp.json", "layers.json", "linear.json", "words.txt", "mlp_csv"] {
      for (profile, other) in [("in-place", "compact"), ("compact", "in-place")] {
        let convert = ["convert", Package.source(source), "-o", files[0], "--profile", profile, "--force"] + options
        #expect(pare(convert).status == 0)
        #expect(pare("repack", files[0], "--profile", other, "-o", files[1], "--force").status == 0)
        #expect(pare("repack", files[1], "--profile", profile, "-o", files[2], "--force").status == 0)
        #expect(try folder.bytes("back.pare") == folder.bytes("first.pare"), "\(source) \(profile) \(options)")
        let run = pare("compare", files[1], Package.source(source))
        #expect(run.status == 0, "\(run.text)")
      }
    }
  }

  @Test("A compact container is not larger than one in place, and says how large both are")
  func size() throws {
    let folder = try TemporaryFolder()
    let model = folder.path("m.pare")
    #expect(
      pare("convert", Package.source("mlp.json"), "-o", model, "--quantize", "int8", "--profile", "in-place").status
        == 0)
    let run = pare("repack", model, "--profile", "compact", "-o", folder.path("c.pare"))
    let (before, now) = (try folder.bytes("m.pare").count, try folder.bytes("c.pare").count)
    #expect(now < before)
    #expect(run.text == "4 tensors, \(before) bytes before, \(now) now\n")
  }

  @Test("A profile that there is not is a usage error; a damaged container is not repacked")
  func errors() throws {
    let folder = try TemporaryFolder()
    let model = folder.path("m.pare")
    #expect(pare("convert", Package.source("mlp.json"), "-o", model).status == 0)
    #expect(pare("repack", model, "--profile", "small", "-o", folder.path("c.pare")).status == 64)
    var bytes = try folder.bytes("m.pare")
    bytes[bytes.count - 1] ^= 1
    let damaged = try folder.write(bytes, to: "d.pare")
    #expect(pare("repack", damaged, "--profile", "in-place", "-o", folder.path("c.pare")).status == 65)
    #expect((try? folder.bytes("c.pare")) == nil)
  }
}
