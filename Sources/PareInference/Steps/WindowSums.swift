#if canImport(CKernels) && !hasFeature(Embedded)
  /// `PanelSums` of windows of three frames that are read where they are: column 3 i + j of a window is channel i of the frame that tap j reads.
  ///
  /// `elements` has the places of the first 24 columns; that of column c + 24 k is 8 k floats behind that of c. All are `offset` floats further
  /// for the frame that is meant. Columns come in 24s.
  enum WindowSums {
    /// Of two panels that follow each other.
    @inline(never)
    static func twoPanels(
      _ factors: UnsafePointer<Float>, _ columns: Int, _ elements: UnsafePointer<UnsafePointer<Float>>, _ offset: Int
    ) -> PanelSums.Sums {
      unsafe pairs(factors, columns, 8 &* columns, elements, offset, 0)
    }

    /// Of a panel for two frames that follow each other.
    @inline(never)
    static func twoFrames(
      _ factors: UnsafePointer<Float>, _ columns: Int, _ elements: UnsafePointer<UnsafePointer<Float>>, _ offset: Int
    ) -> PanelSums.Sums {
      unsafe pairs(factors, columns, 0, elements, offset, columns / 3)
    }

    /// Of a panel for a frame.
    @inline(never)
    static func onePanel(
      _ factors: UnsafePointer<Float>, _ columns: Int, _ elements: UnsafePointer<UnsafePointer<Float>>, _ offset: Int
    ) -> (SIMD4<Float>, SIMD4<Float>) {
      let sums = unsafe pairs(factors, columns, 0, elements, offset, 0)
      return (sums.0, sums.1)
    }

    /// The sums of a panel, and of the panel `next` floats behind it for the frame `distance` floats behind: partial sums 0 and 1, then 2 and 3,
    /// and so on. A sum begins with its first product, not with +0, which is the same but for the sign of a zero; of that the last line makes
    /// what it would be.
    @inline(__always)
    private static func pairs(
      _ factors: UnsafePointer<Float>, _ columns: Int, _ next: Int, _ elements: UnsafePointer<UnsafePointer<Float>>,
      _ offset: Int, _ distance: Int
    ) -> PanelSums.Sums {
      let zero = SIMD4<Float>(repeating: 0)
      // What each pair of sums gives is kept in memory: the compiler keeps it in registers that the loops need, and moves it about.
      return unsafe withUnsafeTemporaryAllocation(of: PanelSums.Sums.self, capacity: 2) { parts in
        var (place, x) = unsafe (factors, elements)
        var index = 0
        repeat {
          let (e0, o0) = unsafe (x[0] + offset, x[1] + offset)
          let (e1, o1) = unsafe (x[8] + offset, x[9] + offset)
          let (e2, o2) = unsafe (x[16] + offset, x[17] + offset)
          var even = unsafe PanelSums.products(place, next, e0, distance, 0)
          var odd = unsafe PanelSums.products(place + 8, next, o0, distance, 0)
          var (group, channel) = unsafe (place, 0)
          while true {
            unsafe PanelSums.add(group + 64, next, e1 + channel, distance, &even)
            unsafe PanelSums.add(group + 72, next, o1 + channel, distance, &odd)
            unsafe PanelSums.add(group + 128, next, e2 + channel, distance, &even)
            unsafe PanelSums.add(group + 136, next, o2 + channel, distance, &odd)
            channel &+= 8
            guard 3 &* channel < columns else { break }
            unsafe group += 192
            unsafe PanelSums.add(group, next, e0 + channel, distance, &even)
            unsafe PanelSums.add(group + 8, next, o0 + channel, distance, &odd)
          }
          unsafe PanelSums.keep(PanelSums.plus(even, odd), index, parts)
          unsafe place += 16
          unsafe x += 2
          index &+= 1
        } while index < 4
        return unsafe PanelSums.plus(PanelSums.plus(parts[0], parts[1]), (zero, zero, zero, zero))
      }
    }
  }
#endif
