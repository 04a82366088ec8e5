/// A field of a coded part's description, by its name in the spec (sections 9.1 and 9.2).
public enum DescriptionField: Sendable, Equatable {
  case s
  case mode
  case precision
  case classes
  case positionClasses
  /// The frequency of each bit symbol with this many one bits.
  case frequency(ones: Int)
  case mirrored
  case knots
  case x
  case level
  case gap
  /// A hole where it is 0, else the knot's change.
  case holeOrChange
  /// The change of a knot behind a hole.
  case change
  case segmentClass
  case positionClass
  case padding
}

/// Looks on while a description is read, so that there is one reader of it: what shows the fields does not read them again.
///
/// A generic parameter: with `NoObserver` nothing is left of it in the code.
public protocol DescriptionObserver {
  /// The next `width` bits, which follow those of the field before, are `field` and say `value`; whether that breaks a rule is
  /// checked later.
  mutating func read(_ field: DescriptionField, _ value: Int, width: Int)
}

/// Nobody looks on.
struct NoObserver: DescriptionObserver {
  @inline(__always)
  mutating func read(_ field: DescriptionField, _ value: Int, width: Int) {}
}
