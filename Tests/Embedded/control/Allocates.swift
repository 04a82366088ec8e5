/// A control: it takes memory from a heap, so each gate of `check.sh` must refuse it.
@c public func pareDemo(_ count: Int32) -> Int32 {
  var values: [Int32] = []
  for value in 0..<count { values.append(value) }
  return values.reduce(0, &+)
}
