import CPare
import PareFormat

// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
public func pare_error_text(_ code: Int32) -> UnsafePointer<CChar>? {
  let text = text(code)
  return unsafe UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}

private func text(_ code: Int32) -> StaticString {
  if let rule = UInt8(exactly: code).flatMap(FormatError.Code.init(rawValue:))?.rule { return rule }
  switch code {
  case PARE_OK: return "no error"
  case PARE_BAD_ARGUMENT: return "an argument is NULL, out of range, or not of whole frames"
  case PARE_NOT_OPEN: return "not opened, or of another container"
  case PARE_NOT_FOUND: return "no such tensor or container"
  case PARE_ROWS_OUT_OF_RANGE: return "rows outside the tensor"
  case PARE_BUFFER_TOO_SMALL: return "a buffer is too small"
  case PARE_MISALIGNED: return "a buffer is not aligned"
  case PARE_NO_MODEL: return "the container has weights alone, no model"
  case PARE_MODEL_TOO_LARGE: return "the model needs more memory than there can be"
  case PARE_OPERATION_NOT_BUILT: return "an operation that this build of the library leaves out"
  default: return "unknown code"
  }
}
