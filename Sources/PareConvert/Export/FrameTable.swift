/// Frames as a table: a frame a line, its elements separated by commas, each the shortest text that reads back to the same f32.
///
/// Precondition: `floats` holds whole frames of `columns` elements, at least one.
public func frameTable(_ floats: Span<Float>, columns: Int) -> [UInt8] {
  precondition(columns > 0 && floats.count % columns == 0)
  var text: [UInt8] = []
  text.reserveCapacity(floats.count * 12)
  for index in floats.indices {
    FloatText.append(floats[index], to: &text, .table)
    text.append(UInt8(ascii: (index + 1) % columns == 0 ? "\n" : ","))
  }
  return text
}
