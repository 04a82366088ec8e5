import Pare
import PareFormat
import PareInference

/// What a container needs on a target: of flash, of memory, and for a step.
struct TargetNeeds {
  let target: Target

  /// The smallest library that does what the container is for.
  let library: FirmwareLibrary

  /// Parts of the flash, and of the memory, in bytes.
  let flash: [(part: String, byteCount: Int)]
  let memory: [(part: String, byteCount: Int)]

  /// Multiply-adds for a frame of the inputs; nil for weights alone.
  let multiplyAddCount: Int?

  /// Tensors that are entropy coded, which a small machine decodes anew in each step.
  let codedCount: Int

  /// The floats of the largest tensor, in bytes: what decoding it whole takes.
  let largestTensorByteCount: Int

  var flashByteCount: Int { flash.reduce(0) { $0 + $1.byteCount } }
  var memoryByteCount: Int { memory.reduce(0) { $0 + $1.byteCount } }

  init(_ inspection: Inspection, _ target: Target) throws(CommandError) {
    self.target = target
    library = FirmwareLibrary(inspection)
    let model = inspection.model
    codedCount = inspection.tensors.count { $0.encoding.coded != nil }
    largestTensorByteCount = 4 * (inspection.tensors.map(\.shape.elementCount).max() ?? 0)
    flash = [("container", model.container.byteCount), ("library", target.byteCount(of: library))]
    guard let graph = inspection.graph else {
      memory = [("pare_container", Target.containerByteCount)]
      multiplyAddCount = nil
      return
    }
    guard let section = model.container.model,
      let layout = WorkspaceLayout(section, model.container, model.bytes, strides: .words32)
    else {
      throw CommandError(.badData, "\(model.path): error: the model's vectors are larger than any target's memory")
    }
    memory = [
      ("tables", layout.stateStart), ("state", layout.scratchStart - layout.stateStart),
      ("scratch", layout.byteCount - layout.scratchStart), ("frames", 4 * (graph.inputCount + graph.outputCount)),
      ("pare_container", Target.containerByteCount), ("pare_model", Target.modelByteCount),
    ]
    multiplyAddCount = try runnable(model).multiplyAddCount
  }
}

extension ModelFacts {
  /// The f32 of a frame of all inputs, and the most that come out for it.
  var inputCount: Int { inputs.reduce(0) { $0 + $1.shape.elementCount } }
  var outputCount: Int { outputs.reduce(0) { $0 + $1.shape.elementCount } * largestBurst }
}

/// What a target has, where that was said.
struct TargetLimits {
  let flash: Int?
  let memory: Int?

  func flashFits(_ needs: TargetNeeds) -> Bool? { flash.map { needs.flashByteCount <= $0 } }
  func memoryFits(_ needs: TargetNeeds) -> Bool? { memory.map { needs.memoryByteCount <= $0 } }

  /// Nil where no limit was given.
  func fits(_ needs: TargetNeeds) -> Bool? {
    let answers = [flashFits(needs), memoryFits(needs)].compactMap(\.self)
    return answers.isEmpty ? nil : answers.allSatisfy(\.self)
  }
}
