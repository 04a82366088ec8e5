public import CPare
import PareFormat
import PareInference

/// What a `pare_model` keeps from call to call, in its `opaque`. The workspace is as large as the layout says, and its tables
/// are written.
@safe struct RunningModel {
  let bytes: UnsafeBufferPointer<UInt8>
  let workspace: UnsafeMutableRawPointer
  let layout: WorkspaceLayout
  let runner: ModelRunner
}

extension RunningModel {
  /// A table in the workspace, of elements that have been written.
  func table<T>(_ start: Int, _ count: Int, of _: T.Type) -> UnsafeMutableBufferPointer<T> {
    unsafe Self.table(workspace, start, count, of: T.self)
  }

  static func table<T>(
    _ workspace: UnsafeMutableRawPointer, _ start: Int, _ count: Int, of _: T.Type
  ) -> UnsafeMutableBufferPointer<T> {
    unsafe UnsafeMutableBufferPointer(
      start: workspace.advanced(by: start).bindMemory(to: T.self, capacity: count), count: count)
  }
}

extension UnsafeMutablePointer<pare_model> {
  /// The model, in `opaque`, which is the last field, of words, so that nothing follows it. It is there where `isOpen`.
  var running: UnsafeMutablePointer<RunningModel> {
    let words = Int(PARE_MODEL_WORDS) * MemoryLayout<UInt>.stride
    precondition(MemoryLayout<RunningModel>.size <= words, "a model does not fit its structure")
    return unsafe UnsafeMutableRawPointer(self).advanced(by: MemoryLayout<pare_model>.size - words)
      .assumingMemoryBound(to: RunningModel.self)
  }

  /// Whether `pare_model_open` succeeded: only then is there an output.
  var isOpen: Bool { unsafe pointee.largest_burst != 0 }
}

// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
public func pare_model_sizes(
  _ container: UnsafePointer<pare_container>?, _ sizes: UnsafeMutablePointer<pare_sizes>?
) -> Int32 {
  guard let container = unsafe container, let sizes = unsafe sizes else { return PARE_BAD_ARGUMENT }
  guard unsafe container.isOpen else { return PARE_NOT_OPEN }
  let opened = unsafe container.container
  guard let section = opened.model else { return PARE_NO_MODEL }
  let buffer = unsafe container.buffer
  guard let layout = unsafe WorkspaceLayout(section, opened, buffer.span) else { return PARE_MODEL_TOO_LARGE }
  unsafe sizes.pointee.workspace = layout.byteCount
  unsafe sizes.pointee.tables = layout.stateStart
  unsafe sizes.pointee.state = layout.stateCount &* MemoryLayout<Float>.size
  unsafe sizes.pointee.scratch = layout.scratchCount &* MemoryLayout<Float>.size
  return PARE_OK
}

// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
public func pare_model_open(
  _ model: UnsafeMutablePointer<pare_model>?, _ container: UnsafePointer<pare_container>?,
  _ workspace: UnsafeMutableRawPointer?, _ workspaceByteCount: Int
) -> Int32 {
  guard let model = unsafe model else { return PARE_BAD_ARGUMENT }
  unsafe model.pointee = pare_model()
  unsafe model.pointee.error_tensor = -1
  guard let container = unsafe container, let workspace = unsafe workspace, workspaceByteCount >= 0 else {
    return PARE_BAD_ARGUMENT
  }
  guard unsafe container.isOpen else { return PARE_NOT_OPEN }
  guard UInt(bitPattern: workspace) % UInt(PARE_WORKSPACE_ALIGNMENT) == 0 else { return PARE_MISALIGNED }
  let opened = unsafe container.container
  guard let section = opened.model else { return PARE_NO_MODEL }
  let buffer = unsafe container.buffer
  guard let layout = unsafe WorkspaceLayout(section, opened, buffer.span) else { return PARE_MODEL_TOO_LARGE }
  guard layout.isBuilt else { return PARE_OPERATION_NOT_BUILT }
  guard layout.byteCount <= workspaceByteCount else { return PARE_BUFFER_TOO_SMALL }
  do {
    let runner = try unsafe prepare(section, opened, buffer.span, layout, workspace)
    unsafe model.running.initialize(
      to: RunningModel(bytes: buffer, workspace: workspace, layout: layout, runner: runner))
    unsafe model.running.pointee.reset()
    unsafe model.running.pointee.measure(model)
    return PARE_OK
  } catch {
    unsafe model.pointee.error_offset = error.offset
    return error.number
  }
}

/// Writes the tables. Precondition: the workspace has the layout's bytes.
private func prepare(
  _ section: ModelSection, _ container: Container, _ bytes: Span<UInt8>, _ layout: WorkspaceLayout,
  _ workspace: UnsafeMutableRawPointer
) throws(FormatError) -> ModelRunner {
  let values = unsafe RunningModel.table(workspace, layout.valuesStart, layout.valueCount, of: ModelValue.self)
  let outputs = unsafe RunningModel.table(workspace, layout.outputsStart, layout.outputCount, of: Int32.self)
  let constants = unsafe RunningModel.table(workspace, layout.constantsStart, layout.constantCount, of: Float.self)
  unsafe values.initialize(repeating: ModelValue(shape: FrameShape(1)))
  unsafe outputs.initialize(repeating: 0)
  unsafe constants.initialize(repeating: 0)
  var places = unsafe OutputSpan(
    buffer: RunningModel.table(workspace, layout.placesStart, layout.tensorCount, of: RecordPlace.self),
    initializedCount: 0)
  var operations = unsafe OutputSpan(
    buffer: RunningModel.table(workspace, layout.operationsStart, layout.operationCount, of: PlannedOperation.self),
    initializedCount: 0)
  var tensors = unsafe OutputSpan(
    buffer: RunningModel.table(workspace, layout.tensorsStart, layout.matrixCount, of: Tensor.self),
    initializedCount: 0)
  var valueSpan = unsafe values.mutableSpan
  var outputSpan = unsafe outputs.mutableSpan
  var constantSpan = unsafe constants.mutableSpan
  let runner = try ModelRunner.prepare(
    section, container, bytes, places: &places, values: &valueSpan, operations: &operations, tensors: &tensors,
    outputs: &outputSpan, constants: &constantSpan)
  // The elements stay when the spans end: they are plain bytes, which nothing takes down.
  return runner
}

extension RunningModel {
  /// Writes the sizes of frames.
  @_addressableSelf
  fileprivate func measure(_ model: UnsafeMutablePointer<pare_model>) {
    let values = unsafe table(layout.valuesStart, layout.valueCount, of: ModelValue.self)
    var inputCount = 0
    for number in 0..<runner.inputCount { unsafe inputCount &+= values[number].shape.elementCount }
    var outputCount = 0
    var burst = 1
    let outputs = unsafe table(layout.outputsStart, layout.outputCount, of: Int32.self)
    for index in 0..<layout.outputCount {
      let value = unsafe values[Int(outputs[index])]
      outputCount &+= value.shape.elementCount
      burst = max(burst, Int(value.burst))
    }
    unsafe model.pointee.input_byte_count = inputCount &* MemoryLayout<Float>.size
    unsafe model.pointee.output_byte_count = outputCount &* MemoryLayout<Float>.size
    unsafe model.pointee.largest_burst = burst
  }

  /// Brings the state to its start.
  @_addressableSelf
  func reset() {
    let operations = unsafe table(layout.operationsStart, layout.operationCount, of: PlannedOperation.self)
    let values = unsafe table(layout.valuesStart, layout.valueCount, of: ModelValue.self)
    let state = unsafe table(layout.stateStart, layout.stateCount, of: Float.self)
    let scratch = unsafe table(layout.scratchStart, layout.scratchCount, of: Float.self)
    unsafe scratch.initialize(repeating: 0)
    var span = unsafe state.mutableSpan
    withWeights { weights in unsafe runner.reset(operations.span, values.span, weights, state: &span) }
  }

  /// Lends what a runner reads.
  @inline(__always)
  func withWeights(_ body: (borrowing ModelWeights) -> Void) {
    let tensors = unsafe table(layout.tensorsStart, layout.matrixCount, of: Tensor.self)
    let constants = unsafe table(layout.constantsStart, layout.constantCount, of: Float.self)
    unsafe body(
      ModelWeights(
        bytes: bytes.span, tensors: tensors.span, floats: Span(), words: Span(), constants: constants.span))
  }
}
