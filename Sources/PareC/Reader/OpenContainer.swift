public import CPare
import PareFormat

/// Whether all of a container has been checked: where `opaque` of a `pare_container` holds a `Container`.
extension UnsafeMutablePointer<pare_container> {
  /// The place of the container in the caller's structure.
  fileprivate var place: UnsafeMutablePointer<Container> {
    unsafe UnsafeMutableRawPointer(self).advanced(by: UnsafePointer<pare_container>.placeOffset)
      .assumingMemoryBound(to: Container.self)
  }
}

extension UnsafePointer<pare_container> {
  /// `opaque` is the last field, of words, so that nothing follows it.
  fileprivate static var placeOffset: Int {
    let words = Int(PARE_CONTAINER_WORDS) * MemoryLayout<UInt>.stride
    precondition(MemoryLayout<Container>.size <= words, "a container does not fit its structure")
    return unsafe MemoryLayout<pare_container>.size - words
  }

  /// The container. Precondition: `isOpen`.
  var container: Container {
    unsafe UnsafeRawPointer(self).advanced(by: Self.placeOffset).assumingMemoryBound(to: Container.self).pointee
  }

  /// Whether `pare_open` succeeded.
  var isOpen: Bool { unsafe pointee.bytes != nil }

  /// The container's bytes.
  var buffer: UnsafeBufferPointer<UInt8> { unsafe UnsafeBufferPointer(start: pointee.bytes, count: pointee.byte_count) }
}

// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
public func pare_open(
  _ container: UnsafeMutablePointer<pare_container>?, _ bytes: UnsafeRawPointer?, _ byteCount: Int, _ flags: UInt32
) -> Int32 {
  guard let container = unsafe container else { return PARE_BAD_ARGUMENT }
  unsafe container.pointee.bytes = nil
  unsafe container.pointee.error_offset = 0
  unsafe container.pointee.error_tensor = -1
  guard let bytes = unsafe bytes, byteCount >= 0, flags & ~UInt32(PARE_SKIP_PAYLOAD_CHECKSUMS) == 0 else {
    return PARE_BAD_ARGUMENT
  }
  let start = unsafe bytes.assumingMemoryBound(to: UInt8.self)
  let span = unsafe UnsafeBufferPointer(start: start, count: byteCount).span
  // An error on a device does not say in which tensor it is.
  var tensor = -1
  do {
    // In its place at once, since a stack would hold a copy; it counts as open once `bytes` are set.
    unsafe container.place.initialize(to: try openContainer(span))
    let skips = flags & UInt32(PARE_SKIP_PAYLOAD_CHECKSUMS) != 0
    try unsafe container.place.pointee.checkTensors(span, skippingChecksums: skips, &tensor)
    unsafe container.pointee.bytes = unsafe start
    unsafe container.pointee.byte_count = byteCount
    unsafe container.pointee.tensor_count = unsafe Int32(truncatingIfNeeded: container.place.pointee.tensorCount)
    unsafe container.pointee.has_model = unsafe container.place.pointee.model == nil ? 0 : 1
    return PARE_OK
  } catch {
    unsafe container.pointee.error_offset = error.offset
    unsafe container.pointee.error_tensor = Int32(truncatingIfNeeded: tensor)
    return error.number
  }
}

// The libraries without models, and without entropy coding, are compiled with these names defined: code that one does not need
// would be linked otherwise. Sections that a library has no use for are to it what the specification calls unknown ancillary ones.

@inline(__always)
private func openContainer(_ bytes: Span<UInt8>) throws(FormatError) -> Container {
  #if PARE_TENSORS_ALONE
    try Container.openTensors(bytes, checksum: SmallChecksum.self)
  #elseif PARE_IN_PLACE_ALONE
    try Container.openModel(bytes, checksum: SmallChecksum.self)
  #else
    try Container.open(bytes, checksum: SmallChecksum.self)
  #endif
}

extension Container {
  /// Checks all tensors, and counts them from -1 on in `tensor`. Not inlined, so that its cursor is not on the stack while the container
  /// is being opened.
  @inline(never)
  fileprivate func checkTensors(
    _ bytes: Span<UInt8>, skippingChecksums: Bool, _ tensor: inout Int
  ) throws(FormatError) {
    var records = records
    while records.advance(bytes) {
      tensor &+= 1
      try records.check(bytes, skippingChecksum: skippingChecksums)
    }
  }
}

extension RecordCursor {
  fileprivate mutating func check(_ bytes: Span<UInt8>, skippingChecksum: Bool) throws(FormatError) {
    #if PARE_IN_PLACE_ALONE
      try validateInPlace(bytes, checksum: SmallChecksum.self, skippingChecksum: skippingChecksum)
    #else
      try validate(bytes, checksum: SmallChecksum.self, skippingChecksum: skippingChecksum)
    #endif
  }
}
