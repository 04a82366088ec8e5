// PareFormat is the normative half of `Spec/FORMAT.md` in code: bytes <-> records, validation, decoding.
//
//   Span<UInt8>
//      |  Container.open          header, sections, directory: every byte before the payloads is checked
//      v
//   Container ------------------> TensorRecord      what the directory says; no way to a value yet
//      |  Container.tensor(...)   padding, checksum and structure of one payload are checked, once
//      v
//   Tensor                        decode, decodeRows, NonZeroCursor: nothing can fail any more
//      |
//      v
//   MutableSpan<Float>
//
// Reading order, which is that of the data and of the spec:
//
//   Bytes/      1   LEB128, checksum, half precision, text rules, bit fields
//   Header/     3   the first 12 bytes
//   Sections/   4   framing, and the ancillary sections of 10
//   Directory/  5   records, shapes, and Container, which owns the order of validation (11)
//   Encodings/  7 8 parameters of the element and position codings
//   Tensor/     9   where the parts of a payload are, their validation, and decoding
//   Model/      10.4 a model's operations, the shapes of its values, and where they are kept
//   Bank/       15  several containers in one image
//   Coded/      9.1 entropy coding: description, tables, streams, and reading elements from them
//
// The module holds no reference to memory: records are plain offsets, and the span they belong to is passed to
// each call. It is Embedded-safe: no heap, no existentials, no String, no Foundation.

/// The version of the format that this module reads and writes (spec section 13).
public enum FormatVersion {
  /// The layout generation; a reader refuses any other.
  public static var major: UInt8 { 0 }

  /// The newest minor version known here.
  public static var minor: UInt8 { 3 }
}
