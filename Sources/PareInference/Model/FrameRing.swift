/// The last frames of a stream, in a part of the state: frames, the place of the newest, and a countdown. The part has
/// `frameCount * capacity + 2` floats, which are zeros at first.
public struct FrameRing: Sendable {
  /// The first float in the state.
  public let start: Int

  /// The floats of a frame, and the most frames kept.
  public let frameCount: Int
  public let capacity: Int

  /// A ring in a state. Preconditions: nothing is negative, and a frame is kept.
  public init(start: Int, frameCount: Int, capacity: Int) {
    precondition(start >= 0 && frameCount >= 0 && capacity > 0)
    self.start = start
    self.frameCount = frameCount
    self.capacity = capacity
  }

  private var placeIndex: Int { start &+ frameCount &* capacity }

  /// The frame number, from 0 on, of the newest within the ring.
  @inline(__always)
  func place(_ state: Span<Float>) -> Int { min(Int(truncatingIfNeeded: state[placeIndex].bitPattern), capacity &- 1) }

  /// Keeps one frame more, which starts at `source`, and forgets the oldest. Preconditions: it is in `x`, and the ring in `state`.
  public func push(_ x: Span<Float>, at source: Int, _ state: inout MutableSpan<Float>) {
    var place = Int(truncatingIfNeeded: state[placeIndex].bitPattern) &+ 1
    if place >= capacity { place = 0 }
    state[placeIndex] = Float(bitPattern: UInt32(truncatingIfNeeded: place))
    copy(x, source, to: start &+ place &* frameCount, frameCount, &state)
  }

  /// Keeps `frames` frames that stand one behind the other, as pushing each would.
  func push(_ x: Span<Float>, at source: Int, frames: Int, _ state: inout MutableSpan<Float>) {
    #if !hasFeature(Embedded)
      if frames == 1 { return push(x, at: source, &state) }
    #endif
    guard frames > 0 else { return }
    let newest = place(state.span)
    // Those before are forgotten at once.
    var done = max(0, frames &- capacity)
    while done < frames {
      var target = newest &+ 1 &+ done
      if target >= capacity { target %= capacity }
      let count = min(frames &- done, capacity &- target) &* frameCount
      copy(x, source &+ done &* frameCount, to: start &+ target &* frameCount, count, &state)
      done &+= capacity &- target
    }
    let place = newest &+ frames
    state[placeIndex] = Float(
      bitPattern: UInt32(truncatingIfNeeded: place < capacity ? place : place % capacity))
  }

  /// Copies floats into the state.
  private func copy(
    _ x: Span<Float>, _ source: Int, to target: Int, _ count: Int, _ state: inout MutableSpan<Float>
  ) {
    precondition(source >= 0 && source &+ count <= x.count && target >= 0 && target &+ count <= state.count)
    // In both, as checked above.
    var index = 0
    #if !hasFeature(Embedded)
      while index &+ 4 <= count {
        for lane in index..<index &+ 4 { unsafe state[unchecked: target &+ lane] = x[unchecked: source &+ lane] }
        index &+= 4
      }
    #endif
    while index < count {
      unsafe state[unchecked: target &+ index] = x[unchecked: source &+ index]
      index &+= 1
    }
  }

  /// Writes the windows of frames of a step that are not pushed yet, one behind the other; frame 0 of the step is at `input` in the
  /// scratch. Elements are those of the other `gather`.
  ///
  /// Preconditions: the ring is in `state`, frames and windows in `scratch`, and (size - 1) * dilation below the capacity.
  func gather(
    _ frames: Range<Int>, of input: Int, _ size: Int, _ dilation: Int, _ state: Span<Float>, at windowStart: Int,
    _ scratch: inout MutableSpan<Float>
  ) {
    let windowCount = size &* frameCount
    precondition(windowStart >= 0 && windowStart &+ frames.count &* windowCount <= scratch.count)
    precondition(input >= 0 && frames.lowerBound >= 0 && input &+ frames.upperBound &* frameCount <= scratch.count)
    precondition(start >= 0 && placeIndex < state.count && (size &- 1) &* dilation < capacity)
    #if !hasFeature(Embedded)
      if size == 3, frameCount & 3 == 0 {
        return gatherFours(frames, of: input, dilation, state, at: windowStart, &scratch)
      }
    #endif
    gatherEach(frames, of: input, size, dilation, state, at: windowStart, &scratch)
  }

  /// Windows of any number of taps and channels. Preconditions: those of `gather`.
  #if !hasFeature(Embedded)
    // Inlined, it makes `gather` wait for registers that it does not use.
    @inline(never)
  #endif
  private func gatherEach(
    _ frames: Range<Int>, of input: Int, _ size: Int, _ dilation: Int, _ state: Span<Float>, at windowStart: Int,
    _ scratch: inout MutableSpan<Float>
  ) {
    let windowCount = size &* frameCount
    let newest = place(state)
    for tap in 0..<size {
      let back = (size &- 1 &- tap) &* dilation
      for frame in frames {
        let number = frame &- back
        var target = windowStart &+ (frame &- frames.lowerBound) &* windowCount &+ tap
        // All indices are within the ranges checked by `gather`, since a place is below the capacity. With a check for each float,
        // convolutions take a third longer.
        if number >= 0 {
          let source = input &+ number &* frameCount
          for channel in 0..<frameCount {
            unsafe scratch[unchecked: target] = scratch[unchecked: source &+ channel]
            target &+= size
          }
        } else {
          let source = self.frame(-1 &- number, place: newest)
          for channel in 0..<frameCount {
            unsafe scratch[unchecked: target] = state[unchecked: source &+ channel]
            target &+= size
          }
        }
      }
    }
  }

  #if !hasFeature(Embedded)
    /// Windows of three taps of channels that come in fours. Preconditions: those of `gather`.
    @inline(never)
    private func gatherFours(
      _ frames: Range<Int>, of input: Int, _ dilation: Int, _ state: Span<Float>, at windowStart: Int,
      _ scratch: inout MutableSpan<Float>
    ) {
      let newest = place(state)
      // All indices are within the ranges that `gather` has checked, as above.
      unsafe state.withUnsafeBufferPointer { state in
        unsafe scratch.withUnsafeMutableBufferPointer { scratch in
          guard let state = state.baseAddress, let scratch = scratch.baseAddress else { return }
          func frame(_ number: Int) -> UnsafePointer<Float> {
            unsafe number < 0
              ? state + self.frame(-1 &- number, place: newest)
              : UnsafePointer(scratch + (input &+ number &* frameCount))
          }
          var target = unsafe scratch + windowStart
          for number in frames {
            let (a, b) = unsafe (frame(number &- 2 &* dilation), frame(number &- dilation))
            let c = unsafe frame(number)
            var channel = 0
            while channel < frameCount {
              let (x, y) = unsafe (Lanes.load(a + channel), Lanes.load(b + channel))
              let z = unsafe Lanes.load(c + channel)
              unsafe Lanes.store(SIMD4(x[0], y[0], z[0], x[1]), target)
              unsafe Lanes.store(SIMD4(y[1], z[1], x[2], y[2]), target + 4)
              unsafe Lanes.store(SIMD4(z[2], x[3], y[3], z[3]), target + 8)
              channel &+= 4
              unsafe target += 12
            }
          }
        }
      }
    }
  #endif

  /// Writes the window of the newest frame: element i * size + j is channel number i of `channels` of the frame
  /// (size - 1 - j) * dilation before it.
  ///
  /// Preconditions: the ring is in `state`, the window in `scratch`, and (size - 1) * dilation below the capacity.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  public func gather(
    _ channels: Range<Int>, _ size: Int, _ dilation: Int, _ state: Span<Float>, at windowStart: Int,
    _ scratch: inout MutableSpan<Float>
  ) {
    precondition(windowStart >= 0 && windowStart &+ channels.count &* size <= scratch.count)
    precondition(channels.lowerBound >= 0 && channels.upperBound <= frameCount)
    precondition(start >= 0 && placeIndex < state.count && (size &- 1) &* dilation < capacity)
    let place = place(state)
    for tap in 0..<size {
      let source = frame((size &- 1 &- tap) &* dilation, place: place)
      var target = windowStart &+ tap
      for channel in channels {
        // Both are within the ranges checked above, since a place is below the capacity. With a check for each
        // float, convolutions take a third longer.
        unsafe scratch[unchecked: target] = unsafe state[unchecked: source &+ channel]
        target &+= size
      }
    }
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
  public func comesNow(stride: Int, _ state: inout MutableSpan<Float>) -> Bool {
    let rest = countdown(state)
    setCountdown(rest == 0 ? stride &- 1 : rest &- 1, &state)
    return rest == 0
  }
}
