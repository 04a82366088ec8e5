public import CPare
import PareFormat
import PareInference

// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
public func pare_model_reset(_ model: UnsafeMutablePointer<pare_model>?) -> Int32 {
  guard let model = unsafe model else { return PARE_BAD_ARGUMENT }
  guard unsafe model.isOpen else { return PARE_NOT_OPEN }
  unsafe model.running.pointee.reset()
  return PARE_OK
}

// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
public func pare_model_step(
  _ model: UnsafeMutablePointer<pare_model>?, _ input: UnsafePointer<Float>?, _ inputByteCount: Int,
  _ output: UnsafeMutablePointer<Float>?, _ outputByteCount: Int, _ made: UnsafeMutablePointer<Int>?
) -> Int32 {
  guard let model = unsafe model, let input = unsafe input, let output = unsafe output, inputByteCount >= 0,
    outputByteCount >= 0
  else { return PARE_BAD_ARGUMENT }
  guard unsafe model.isOpen else { return PARE_NOT_OPEN }
  guard unsafe isFloatAligned(input), unsafe isFloatAligned(output) else { return PARE_MISALIGNED }
  let frameByteCount = unsafe model.pointee.input_byte_count
  let frames = inputByteCount / frameByteCount
  guard frames &* frameByteCount == inputByteCount else { return PARE_BAD_ARGUMENT }
  // Divided, as products may overflow.
  let outputFrames = unsafe outputByteCount / model.pointee.output_byte_count
  guard unsafe outputFrames / model.pointee.largest_burst >= frames else { return PARE_BUFFER_TOO_SMALL }
  let running = unsafe model.running
  let inputCount = frameByteCount / MemoryLayout<Float>.size
  let outputCount = unsafe model.pointee.output_byte_count / MemoryLayout<Float>.size
  var outputEnd = 0
  for frame in 0..<frames {
    unsafe running.pointee.read(input.advanced(by: frame &* inputCount))
    unsafe running.pointee.run()
    outputEnd &+= unsafe running.pointee.write(output.advanced(by: outputEnd), outputCount)
  }
  if let made = unsafe made { unsafe made.pointee = outputEnd &* MemoryLayout<Float>.size }
  return PARE_OK
}

extension RunningModel {
  /// Copies a frame of all inputs to their places.
  @_addressableSelf
  fileprivate func read(_ input: UnsafePointer<Float>) {
    let values = unsafe table(layout.valuesStart, layout.valueCount, of: ModelValue.self)
    let scratch = unsafe table(layout.scratchStart, layout.scratchCount, of: Float.self)
    var source = 0
    for number in 0..<runner.inputCount {
      let place = unsafe runner.place(values[number])
      for element in 0..<(unsafe values[number].shape.elementCount) {
        unsafe scratch[place &+ element] = unsafe input[source]
        source &+= 1
      }
    }
  }

  /// Runs the operations.
  @_addressableSelf
  fileprivate func run() {
    let operations = unsafe table(layout.operationsStart, layout.operationCount, of: PlannedOperation.self)
    let values = unsafe table(layout.valuesStart, layout.valueCount, of: ModelValue.self)
    let state = unsafe table(layout.stateStart, layout.stateCount, of: Float.self)
    let scratch = unsafe table(layout.scratchStart, layout.scratchCount, of: Float.self)
    var valueSpan = unsafe values.mutableSpan
    var stateSpan = unsafe state.mutableSpan
    var scratchSpan = unsafe scratch.mutableSpan
    withWeights { weights in
      unsafe runner.run(
        frames: 1, operations.span, &valueSpan, weights, state: &stateSpan, scratch: &scratchSpan)
    }
  }

  /// Copies the frames of all outputs, each frame's side by side; gives the number of floats.
  @_addressableSelf
  fileprivate func write(_ output: UnsafeMutablePointer<Float>, _ frameCount: Int) -> Int {
    let values = unsafe table(layout.valuesStart, layout.valueCount, of: ModelValue.self)
    let scratch = unsafe table(layout.scratchStart, layout.scratchCount, of: Float.self)
    var made = 0
    var offset = 0
    let outputs = unsafe table(layout.outputsStart, layout.outputCount, of: Int32.self)
    for index in 0..<layout.outputCount {
      let value = unsafe values[Int(outputs[index])]
      let count = value.shape.elementCount
      let place = runner.place(value)
      made = Int(value.frameCount)
      for frame in 0..<made {
        for element in 0..<count {
          unsafe output[frame &* frameCount &+ offset &+ element] =
            unsafe scratch[place &+ frame &* count &+ element]
        }
      }
      offset &+= count
    }
    return made &* frameCount
  }
}
