#if !hasFeature(Embedded)
  #if canImport(CKernels)
    import CKernels
  #endif

  /// Symbols that follow each other and are coded with the same table.
  struct SymbolRun {
    var count: Int
    var table: Int
  }

  /// Decodes runs of symbols of one stream of a block to bytes, fast; `CodedStreamReader` is the same one symbol at a time.
  ///
  /// It reads and writes through pointers: a check for each word and byte was measured to halve the speed. What is read is
  /// checked against the stream's end, what is written against the output, once for many symbols.
  struct FastStream {
    private var states = InlineArray<32, UInt32>(repeating: 0)
    private let laneCount: Int
    private var lane = 0

    // The next word or raw byte, and the stream's end, in the container.
    private var offset: Int
    private let end: Int

    private let usesVectors: Bool
    private var isStarted = false

    /// Whether everything so far was as it should be.
    private(set) var isValid = true

    init(_ stream: CodedStream, _ range: Range<Int>, usesVectors: Bool) {
      self.usesVectors = usesVectors
      laneCount = stream.laneCount
      offset = range.lowerBound
      end = range.upperBound
    }

    /// Decodes the symbols of `runs`, as many as `output` holds, with `tables`; nil for a raw stream.
    mutating func decode(
      _ runs: [SymbolRun], _ tables: SlotTables?, _ bytes: Span<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
    ) {
      guard !output.isEmpty else { return }
      guard let tables else { return unsafe copy(bytes, into: output) }
      start(bytes)
      guard isValid else { return unsafe output.update(repeating: 0) }
      // The container's bytes and the tables stay in place during the closures.
      unsafe bytes.withUnsafeBufferPointer { source in
        guard let base = source.baseAddress, let out = output.baseAddress else { return }
        let done = unsafe decodeGroups(runs, tables, base, out, output.count)
        var index = 0
        for run in runs {
          let from = max(index, done)
          index += run.count
          // What the kernel left.
          if from < index { unsafe decodeRun(tables, run.table, base, out + from, index - from) }
        }
      }
    }

    /// Whether the stream ended as it should, all its symbols having been decoded.
    var endsCleanly: Bool {
      guard isValid, offset == end else { return false }
      guard isStarted else { return true }
      for index in 0..<laneCount where states[index] != 0x1_0000 { return false }
      return true
    }

    private mutating func copy(_ bytes: Span<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>) {
      let count = min(output.count, end - offset)
      if count < output.count {
        isValid = false
        unsafe output.update(repeating: 0)
      }
      for index in 0..<count { unsafe output[index] = bytes[offset + index] }
      offset += count
    }

    private mutating func start(_ bytes: Span<UInt8>) {
      guard !isStarted else { return }
      isStarted = true
      guard end - offset >= 4 * laneCount else {
        isValid = false
        return
      }
      for index in 0..<laneCount {
        states[index] = bytes.u32(at: offset)
        if states[index] < 0x1_0000 { isValid = false }
        offset += 4
      }
    }

    /// Decodes as many symbols as the vector kernel does, from the first of `runs` on; the result is how many.
    private mutating func decodeGroups(
      _ runs: [SymbolRun], _ tables: SlotTables, _ base: UnsafePointer<UInt8>, _ out: UnsafeMutablePointer<UInt8>,
      _ count: Int
    ) -> Int {
      #if canImport(CKernels)
        guard usesVectors, laneCount == 32 else { return 0 }
        // Up to the first lane one by one.
        let head = min((32 &- lane) & 31, count)
        var left = head
        var runs = runs
        for index in runs.indices where left > 0 {
          let part = min(left, runs[index].count)
          unsafe decodeRun(tables, runs[index].table, base, out + head - left, part)
          runs[index].count -= part
          left -= part
        }
        let lengths = runs.map { UInt32(truncatingIfNeeded: $0.count) }
        let offsets = runs.map { UInt32(truncatingIfNeeded: $0.table << tables.precision) }
        var span = states.mutableSpan
        // The kernel reads up to `end`, and writes no more symbols than the runs have.
        let progress = unsafe span.withUnsafeMutableBufferPointer { states in
          unsafe tables.entries.withUnsafeBufferPointer { entries in
            unsafe tables.symbols.withUnsafeBufferPointer { symbols in
              unsafe tables.ranges.withUnsafeBufferPointer { ranges in
                unsafe pare_rans32(
                  states.baseAddress, base + offset, end &- offset, entries.baseAddress, symbols.baseAddress,
                  ranges.baseAddress, Int32(tables.precision), lengths, offsets, runs.count, out + head)
              }
            }
          }
        }
        offset &+= progress.bytes
        return head &+ progress.symbols
      #else
        return 0
      #endif
    }

    private mutating func decodeRun(
      _ tables: SlotTables, _ table: Int, _ base: UnsafePointer<UInt8>, _ out: UnsafeMutablePointer<UInt8>, _ count: Int
    ) {
      let shift = UInt32(truncatingIfNeeded: tables.precision)
      let mask: UInt32 = 1 &<< shift &- 1
      if tables.symbols.isEmpty {
        // The table is within the entries; each slot is below 2 to `precision`.
        unsafe tables.entries.withUnsafeBufferPointer { entries in
          guard let first = entries.baseAddress else { return }
          let slots = unsafe first + table << tables.precision
          // With constants where it matters.
          if tables.precision == 12 {
            unsafe decodeSymbols(base, out, count) { state in
              let entry = unsafe slots[Int(truncatingIfNeeded: state & 0xFFF)]
              return ((entry &>> 20 &+ 1) &* (state &>> 12) &+ (entry &>> 8 & 0xFFF), UInt8(truncatingIfNeeded: entry))
            }
          } else {
            unsafe decodeSymbols(base, out, count) { state in
              let entry = unsafe slots[Int(truncatingIfNeeded: state & mask)]
              return (
                (entry &>> 20 &+ 1) &* (state &>> shift) &+ (entry &>> 8 & 0xFFF), UInt8(truncatingIfNeeded: entry)
              )
            }
          }
        }
      } else {
        // As above; ranges have 256 entries for each table.
        unsafe tables.symbols.withUnsafeBufferPointer { symbols in
          unsafe tables.ranges.withUnsafeBufferPointer { ranges in
            guard let first = symbols.baseAddress, let firstRange = ranges.baseAddress else { return }
            let slots = unsafe first + table << tables.precision
            let range = unsafe firstRange + table << 8
            unsafe decodeSymbols(base, out, count) { state in
              let slot = state & mask
              let symbol = unsafe slots[Int(truncatingIfNeeded: slot)]
              let found = unsafe range[Int(symbol)]
              return ((found &>> 16) &* (state &>> shift) &+ slot &- (found & 0xFFFF), symbol)
            }
          }
        }
      }
    }

    /// Decodes symbols lane by lane; `step` gives the state behind the symbol, before a word is read, and the symbol's byte.
    @inline(__always)
    private mutating func decodeSymbols(
      _ base: UnsafePointer<UInt8>, _ out: UnsafeMutablePointer<UInt8>, _ count: Int,
      _ step: (UInt32) -> (state: UInt32, byte: UInt8)
    ) {
      let laneMask = laneCount &- 1
      var lane = self.lane
      var at = offset
      var isShort = false
      var span = states.mutableSpan
      unsafe span.withUnsafeMutableBufferPointer { buffer in
        // 32 states; a lane is below 32.
        guard let states = buffer.baseAddress else { return }
        var index = 0
        while index < count {
          // For so many symbols there are words for sure, so that reading one needs no check and no branch.
          let stop = index &+ min(count &- index, (end &- at) &>> 1)
          @inline(__always)
          func decodeOne(_ lane: Int, _ index: Int) {
            let (next, byte) = unsafe step(states[lane])
            let word = unsafe UInt32(base[at]) | UInt32(base[at &+ 1]) &<< 8
            // All ones when a word is read; computed, since a branch would be guessed wrong every other time.
            let reads = (Int64(next) &- 0x1_0000) &>> 63
            let mask = UInt32(truncatingIfNeeded: reads)
            unsafe states[lane] = next &<< (mask & 16) | word & mask
            at &-= Int(truncatingIfNeeded: reads) &<< 1
            unsafe out[index] = byte
          }
          // Four lanes at a time, where there are four.
          if laneMask > 0 {
            while index < stop, lane & 3 != 0 {
              decodeOne(lane, index)
              lane = (lane &+ 1) & laneMask
              index &+= 1
            }
            while index &+ 4 <= stop {
              decodeOne(lane, index)
              decodeOne(lane &+ 1, index &+ 1)
              decodeOne(lane &+ 2, index &+ 2)
              decodeOne(lane &+ 3, index &+ 3)
              lane = (lane &+ 4) & laneMask
              index &+= 4
            }
          }
          while index < stop {
            decodeOne(lane, index)
            lane = (lane &+ 1) & laneMask
            index &+= 1
          }
          guard index < count, end &- at < 2 else { continue }
          // No word is left.
          let (next, byte) = unsafe step(states[lane])
          if next < 0x1_0000 { isShort = true }
          unsafe states[lane] = next
          unsafe out[index] = byte
          lane = (lane &+ 1) & laneMask
          index &+= 1
        }
      }
      self.lane = lane
      offset = at
      if isShort { isValid = false }
    }
  }
#endif
