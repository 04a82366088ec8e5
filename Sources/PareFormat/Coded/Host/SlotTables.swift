#if !hasFeature(Embedded)
  /// The tables of one stream with an entry for each slot, so that a symbol is found by one load: the fast form, for machines
  /// with memory to spare. `CodedTables` is the small one.
  ///
  /// Up to 12 bits of precision an entry holds all: frequency - 1 in its upper 12 bits, slot - start in the next 12, and in the
  /// lowest 8 the byte that the symbol is decoded to. Above, that byte alone is found by slot, and leads to `ranges`.
  struct SlotTables {
    let precision: Int
    let entries: [UInt32]

    /// For more than 12 bits the byte of each slot, and a few bytes behind, which vectors read.
    let symbols: [UInt8]

    /// Start and frequency of each symbol of each table, the frequency in the upper half; empty up to 12 bits.
    let ranges: [UInt32]

    /// Precondition: the description has been checked, the stream is not raw.
    init?(_ stream: CodedStream, _ bytes: Span<UInt8>) {
      let precision = stream.precision
      let isWide = precision > 12
      let size = 1 << precision
      let tableCount = stream.classCount * stream.positionClassCount
      var entries = [UInt32](repeating: 0, count: isWide ? 0 : tableCount * size)
      var symbols = [UInt8](repeating: 0, count: isWide ? tableCount * size + 4 : 0)
      var ranges = [UInt32](repeating: 0, count: isWide ? tableCount * 256 : 0)
      var cursor = stream.tableCursor(bytes)
      var read = CodedTables()
      for table in 0..<tableCount {
        func fill(_ symbol: Int, _ start: Int, _ frequency: Int) {
          // Codes become the byte of an int8.
          let byte = UInt32(truncatingIfNeeded: symbol - (stream.symbols.byteOffset)) & 0xFF
          if isWide {
            ranges[table * 256 + Int(byte)] = UInt32(frequency) << 16 | UInt32(start)
            for slot in start..<start + frequency { symbols[table * size + slot] = UInt8(byte) }
          } else {
            let base = UInt32(truncatingIfNeeded: frequency - 1) << 20 | byte
            for slot in 0..<frequency { entries[table * size + start + slot] = base | UInt32(slot) << 8 }
          }
        }
        read.read(1, loading: stream.symbols.isBits ? 1 : 0, as: 0, stream.symbols, precision: precision, &cursor)
        if stream.symbols.isBits {
          var start = 0
          for place in 0..<256 {
            let symbol = Int(BitSymbols.order[place])
            let frequency = read.frequency(ones: symbol.nonzeroBitCount)
            fill(symbol, start, frequency)
            start += frequency
          }
        } else {
          for symbol in 0..<stream.symbols.count {
            let start = read.start(of: symbol)
            fill(symbol, start, read.start(of: symbol + 1) - start)
          }
        }
      }
      self.precision = precision
      self.entries = entries
      self.symbols = symbols
      self.ranges = ranges
    }
  }

  extension StreamSymbols {
    /// What is subtracted from a symbol to make it the byte that streams are decoded to: codes of up to 8 bits become int8.
    var byteOffset: Int {
      half.map { $0 <= 128 ? $0 : 0 } ?? 0
    }
  }
#endif
