import CPare
import PareFormat

/// One input of the fuzzer of the C interface: a script of calls, then a file. The file is used as it is and with its checksums
/// repaired, each time by the same calls.
///
/// Everything that the calls may read or write is in buffers of their own, of exactly the size that the call is told, so that
/// the address sanitizer sees each access outside. A code is a result; a trap, a hang or an access outside is a finding.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard count > CallScript.byteCount, let start = unsafe start else { return 0 }
  var script = unsafe CallScript(UnsafeBufferPointer(start: start, count: CallScript.byteCount))
  let file = unsafe UnsafeBufferPointer(start: start + CallScript.byteCount, count: count - CallScript.byteCount)
  var bytes = unsafe [UInt8](file)
  script.run(bytes)
  repairChecksums(&bytes)
  script.run(bytes)
  return 0
}

/// Calls in a random order with random arguments, right and wrong.
struct CallScript {
  static let byteCount = 24

  private var script: [UInt8] = []
  private var next = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    for index in 0..<bytes.count { script.append(unsafe bytes[index]) }
  }

  /// The next random number below `limit`; 0 for a limit of 0.
  private mutating func random(below limit: Int) -> Int {
    let byte = Int(script[next % script.count])
    // The script is gone through several times, changed by the round.
    let number = (byte + next / script.count * 37) & 255
    next += 1
    return limit <= 0 ? 0 : number % limit
  }

  /// A size that is right, or a little off.
  private mutating func size(_ right: Int) -> Int {
    switch random(below: 8) {
    case 0: max(0, right - 1 - random(below: 8))
    case 1: right + random(below: 64)
    case 2: random(below: 256)
    default: right
    }
  }

  mutating func run(_ bytes: [UInt8]) {
    next = 0
    let file = UnsafeMutableRawPointer.allocate(byteCount: bytes.count, alignment: 8)
    defer { unsafe file.deallocate() }
    for index in bytes.indices { unsafe file.storeBytes(of: bytes[index], toByteOffset: index, as: UInt8.self) }
    unsafe bank(file, bytes.count)
    var container = unsafe pare_container()
    // Flags that do not exist too.
    let flags = UInt32(random(below: 3))
    guard unsafe pare_open(&container, file, bytes.count, flags) == PARE_OK else {
      for call in 0..<4 { unsafe self.call(call, &container) }
      return
    }
    for _ in 0..<16 {
      let call = random(below: 4)
      unsafe self.call(call, &container)
    }
  }

  private mutating func call(_ number: Int, _ container: inout pare_container) {
    switch number {
    case 0: unsafe decode(&container)
    case 1: unsafe decodeByName(&container)
    default: unsafe model(&container)
    }
  }

  private mutating func bank(_ file: UnsafeMutableRawPointer, _ count: Int) {
    var entry = unsafe pare_bank_entry()
    guard unsafe pare_bank_at(file, count, Int32(random(below: 4)), &entry) == PARE_OK else { return }
    var container = unsafe pare_container()
    _ = unsafe pare_open(&container, entry.bytes, entry.byte_count, 0)
    // The names of a bank hold no zero, so that a closed copy is found.
    var name = [CChar]()
    for index in 0..<Int(unsafe entry.name_byte_count) { name.append(unsafe entry.name[index]) }
    name.append(0)
    var same = unsafe pare_bank_entry()
    guard unsafe pare_bank_find(file, count, name, &same) == PARE_OK, unsafe same.bytes == entry.bytes else {
      fatalError("a name of a bank is not found")
    }
  }

  /// A buffer of floats that holds no byte more than the caller says.
  private func withFloats(_ byteCount: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 1), alignment: 8)
    unsafe body(memory.assumingMemoryBound(to: Float.self))
    unsafe memory.deallocate()
  }

  private mutating func decode(_ container: inout pare_container) {
    var tensor = unsafe pare_tensor()
    let index = unsafe random(below: Int(container.tensor_count) + 2) - 1
    _ = unsafe pare_tensor_at(&container, Int32(index), &tensor)
    guard unsafe tensor.float_byte_count <= 1 << 22 else { return }
    let whole = unsafe size(tensor.float_byte_count)
    unsafe withFloats(whole) { _ = unsafe pare_decode(&container, &tensor, $0, whole) }
    let rows = unsafe tensor.row_count
    let first = random(below: min(rows + 2, 250)) - random(below: 2)
    let count = random(below: min(rows + 2, 250)) - random(below: 2)
    let part = unsafe size(rows == 0 ? 0 : max(count, 0) * (tensor.float_byte_count / rows))
    unsafe withFloats(part) { _ = unsafe pare_decode_rows(&container, &tensor, first, count, $0, part) }
  }

  private mutating func decodeByName(_ container: inout pare_container) {
    var tensor = unsafe pare_tensor()
    _ = unsafe pare_tensor_at(&container, Int32(random(below: 255)), &tensor)
    var name = [CChar]()
    for index in 0..<Int(unsafe tensor.name_byte_count) { name.append(unsafe tensor.name[index]) }
    name.append(0)
    var same = unsafe pare_tensor()
    let code = unsafe pare_tensor_named(&container, name, &same)
    guard unsafe tensor.name_byte_count == 0 || (code == PARE_OK && same.index == tensor.index) else {
      fatalError("a tensor is not found by its name")
    }
  }

  private mutating func model(_ container: inout pare_container) {
    var sizes = pare_sizes()
    var model = pare_model()
    guard unsafe pare_model_sizes(&container, &sizes) == PARE_OK, sizes.workspace <= 1 << 22 else { return }
    let count = size(sizes.workspace)
    let workspace = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1), alignment: 8)
    defer { unsafe workspace.deallocate() }
    guard unsafe pare_model_open(&model, &container, workspace, count) == PARE_OK else {
      _ = unsafe pare_model_reset(&model)
      return
    }
    // A step may take the square of its memory: each window of a pooling may cover the image.
    guard sizes.state + sizes.scratch <= 1 << 14 else { return }
    for _ in 0..<3 {
      let frames = random(below: 4)
      let input = size(frames * model.input_byte_count)
      let output = size(frames * model.output_byte_count * model.largest_burst)
      let value = Float(random(below: 256)) - 100
      unsafe withFloats(input) { x in
        for index in 0..<input / 4 { unsafe x[index] = value * Float(index & 7) }
        unsafe withFloats(output) { y in
          var made = 0
          let code = unsafe pare_model_step(&model, x, input, y, output, &made)
          if code == PARE_OK, made > output { fatalError("more was made than there is room for") }
        }
      }
      if random(below: 4) == 0 { _ = unsafe pare_model_reset(&model) }
    }
  }
}
