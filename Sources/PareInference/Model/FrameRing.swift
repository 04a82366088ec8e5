/// The last frames of a stream, in a part of the state: frames, the place of the newest, and a countdown.
struct FrameRing {
  /// The first float in the state.
  let start: Int

  /// The floats of a frame, and the most frames kept.
  let frameCount: Int
  let capacity: Int

  private var placeIndex: Int { start &+ frameCount &* capacity }

  /// The frame number, from 0 on, of the newest within the ring.
  @inline(__always)
  func place(_ state: Span<Float>) -> Int { Int(truncatingIfNeeded: state[placeIndex].bitPattern) }

  /// Keeps one frame more, and forgets the oldest.
  func push(_ x: Span<Float>, at source: Int, _ state: inout MutableSpan<Float>) {
    var place = Int(truncatingIfNeeded: state[placeIndex].bitPattern) &+ 1
    if place >= capacity { place = 0 }
    state[placeIndex] = Float(bitPattern: UInt32(truncatingIfNeeded: place))
    let target = start &+ place &* frameCount
    for index in 0..<frameCount { state[target &+ index] = x[source &+ index] }
  }

  /// The first float of the frame that came `back` frames before the newest. Precondition: `back` is below the capacity.
  @inline(__always)
  func frame(_ back: Int, place: Int) -> Int {
    let number = place &- back
    return start &+ (number < 0 ? number &+ capacity : number) &* frameCount
  }

  /// The countdown, whatever it is used for.
  func countdown(_ state: borrowing MutableSpan<Float>) -> Int {
    Int(truncatingIfNeeded: state[placeIndex &+ 1].bitPattern)
  }

  func setCountdown(_ value: Int, _ state: inout MutableSpan<Float>) {
    state[placeIndex &+ 1] = Float(bitPattern: UInt32(truncatingIfNeeded: value))
  }

  /// Whether a frame comes now, of one that comes after the countdown and then every `stride`.
  func comesNow(stride: Int, _ state: inout MutableSpan<Float>) -> Bool {
    let rest = countdown(state)
    setCountdown(rest == 0 ? stride &- 1 : rest &- 1, &state)
    return rest == 0
  }
}
