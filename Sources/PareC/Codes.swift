import CPare
import PareFormat

extension FormatError {
  /// The code as the C interface gives it.
  var number: Int32 { Int32(truncatingIfNeeded: codeNumber) }
}

/// Whether floats may begin here.
func isFloatAligned(_ pointer: UnsafeRawPointer) -> Bool {
  UInt(bitPattern: pointer) % UInt(PARE_FLOAT_ALIGNMENT) == 0
}
