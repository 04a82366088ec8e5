import CPare
import PareFormat

extension FormatError.Code {
  /// The code as the C interface gives it.
  var number: Int32 { Int32(truncatingIfNeeded: rawValue) }
}

/// Whether floats may begin here.
func isFloatAligned(_ pointer: UnsafeRawPointer) -> Bool {
  UInt(bitPattern: pointer) % UInt(PARE_FLOAT_ALIGNMENT) == 0
}
