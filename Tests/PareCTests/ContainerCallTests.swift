import CPare
import Foundation
import Pare
import PareFormat
import Testing

@testable import PareC

@Suite("Containers and tensors from C")
struct ContainerCallTests {
  /// Opens bytes, which live as long as `body` runs.
  private func open(
    _ bytes: [UInt8], flags: UInt32 = 0, _ body: (Int32, inout pare_container) throws -> Void
  ) rethrows {
    try unsafe bytes.withUnsafeBytes { buffer in
      var container = unsafe pare_container()
      let code = unsafe pare_open(&container, buffer.baseAddress, buffer.count, flags)
      try unsafe body(code, &container)
    }
  }

  @Test("Tensors of all fixtures decode as in Swift, whole and row by row, and nothing is written outside the buffer")
  func decode() throws {
    for file in try CFixtures.files("Fixtures/valid", ".pare") {
      let bytes = try CFixtures.bytes("Fixtures/valid/" + file)
      let model = try Model(bytes: bytes)
      unsafe try open(bytes) { code, container in
        #expect(code == PARE_OK, "\(file)")
        #expect(unsafe Int(container.tensor_count) == model.records.count)
        #expect(unsafe (container.has_model == 1) == (model.container.model != nil))
        for (index, name) in model.names.enumerated() {
          let expected = try model.tensor(name)
          var tensor = unsafe pare_tensor()
          #expect(unsafe pare_tensor_named(&container, name, &tensor) == PARE_OK)
          #expect(unsafe Int(tensor.index) == index, "\(file) \(name)")
          #expect(unsafe pare_tensor_at(&container, Int32(index), &tensor) == PARE_OK)
          let floats = expected.floats().map(\.bitPattern)
          #expect(unsafe tensor.float_byte_count == 4 * floats.count && tensor.element_count == floats.count)
          #expect(unsafe tensor.row_count == expected.tensor.shape.rows)
          let buffer = unsafe GuardedBuffer(byteCount: tensor.float_byte_count)
          #expect(unsafe pare_decode(&container, &tensor, buffer.floats, buffer.count) == PARE_OK)
          #expect(buffer.bits() == floats && buffer.isIntact, "\(file) \(name)")
          guard !floats.isEmpty else { continue }
          #expect(unsafe pare_decode(&container, &tensor, buffer.floats, buffer.count - 1) == PARE_BUFFER_TOO_SMALL)
          let rows = expected.tensor.shape.rows
          let rowCount = floats.count / rows
          let first = rows / 3
          let last = rows - rows / 4
          let part = GuardedBuffer(byteCount: 4 * rowCount * (last - first))
          #expect(
            unsafe pare_decode_rows(&container, &tensor, first, last - first, part.floats, part.count) == PARE_OK)
          #expect(part.bits() == Array(floats[first * rowCount..<last * rowCount]) && part.isIntact)
          #expect(
            unsafe pare_decode_rows(&container, &tensor, rows, 1, part.floats, part.count) == PARE_ROWS_OUT_OF_RANGE)
        }
      }
    }
  }

  @Test("A tensor's facts are those of the directory")
  func facts() throws {
    let bytes = try CFixtures.bytes("Fixtures/running/conv1d.pare")
    let model = try Model(bytes: bytes)
    unsafe open(bytes) { _, container in
      for record in model.records {
        var tensor = unsafe pare_tensor()
        #expect(unsafe pare_tensor_at(&container, Int32(record.index), &tensor) == PARE_OK)
        let name = unsafe UnsafeBufferPointer(start: tensor.name, count: Int(tensor.name_byte_count))
          .map { UInt8(bitPattern: $0) }
        #expect(String(decoding: name, as: UTF8.self) == model.name(of: record))
        #expect(unsafe tensor.payload_offset == record.payloadOffset)
        #expect(unsafe tensor.payload_byte_count == record.parts.byteCount)
        #expect(unsafe Int(tensor.bit_width) == record.encoding.element.bitWidth)
        #expect(unsafe Int(tensor.rank) == record.shape.rank)
        #expect(unsafe tensor.shape.0 == record.shape[0] && tensor.shape.7 == 1)
      }
    }
  }

  @Test("What is not there is not found")
  func notFound() throws {
    unsafe try open(CFixtures.bytes("Fixtures/running/lstm.pare")) { _, container in
      var tensor = unsafe pare_tensor()
      for name in ["", "no such name", String(repeating: "x", count: 300)] {
        #expect(unsafe pare_tensor_named(&container, name, &tensor) == PARE_NOT_FOUND)
      }
      let count = unsafe container.tensor_count
      for index in [-1, count, Int32.max, Int32.min] {
        #expect(unsafe pare_tensor_at(&container, index, &tensor) == PARE_NOT_FOUND)
      }
    }
  }

  @Test("Damaged containers are refused with the code, offset and tensor of the specification")
  func damaged() throws {
    for row in try CFixtures.rows("Fixtures/invalid/EXPECTED.tsv") where row[4] != "32-bit" && row[4] != "reader" {
      let model = ["badShape", "badModelSize"].contains(row[1])
      unsafe try open(CFixtures.bytes("Fixtures/invalid/" + row[0])) { code, container in
        // Shapes and sizes of a model are checked when it is opened.
        guard !model else { return #expect(code == PARE_OK) }
        #expect(unsafe String(cString: pare_error_text(code)!) != "unknown code")
        #expect("\(FormatError.Code(rawValue: UInt8(code))!)" == row[1], "\(row[0])")
        #expect(unsafe container.error_offset == Int(row[2]), "\(row[0])")
        #expect(unsafe container.error_tensor == Int32(row[3]) ?? -1, "\(row[0])")
        var tensor = unsafe pare_tensor()
        #expect(unsafe pare_tensor_at(&container, 0, &tensor) == PARE_NOT_OPEN)
      }
    }
  }

  @Test("PARE_SKIP_PAYLOAD_CHECKSUMS lets damaged weights pass, and nothing else")
  func skippedChecksums() throws {
    for row in try CFixtures.rows("Fixtures/invalid/EXPECTED.tsv") where row[4] != "32-bit" && row[4] != "reader" {
      unsafe try open(CFixtures.bytes("Fixtures/invalid/" + row[0]), flags: PARE_SKIP_PAYLOAD_CHECKSUMS) { code, _ in
        guard !["payloadChecksum", "badShape", "badModelSize"].contains(row[1]) else { return }
        #expect("\(FormatError.Code(rawValue: UInt8(code)).map { "\($0)" } ?? "none")" == row[1], "\(row[0])")
      }
    }
    var bytes = try CFixtures.bytes("Fixtures/running/lstm.pare")
    bytes[bytes.count - 1] ^= 1
    unsafe open(bytes) { code, container in
      #expect(code == PARE_PAYLOAD_CHECKSUM)
      #expect(unsafe container.error_tensor >= 0)
    }
    unsafe open(bytes, flags: PARE_SKIP_PAYLOAD_CHECKSUMS) { code, _ in #expect(code == PARE_OK) }
  }

  @Test("A caller's mistakes have codes of their own")
  func mistakes() throws {
    let bytes = try CFixtures.bytes("Fixtures/running/lstm.pare")
    unsafe open(bytes) { _, container in
      var tensor = unsafe pare_tensor()
      var other = unsafe pare_container()
      #expect(pare_open(nil, nil, 0, 0) == PARE_BAD_ARGUMENT)
      #expect(unsafe pare_open(&other, nil, 0, 0) == PARE_BAD_ARGUMENT)
      #expect(unsafe pare_open(&other, container.bytes, -1, 0) == PARE_BAD_ARGUMENT)
      #expect(unsafe pare_open(&other, container.bytes, 12, 2) == PARE_BAD_ARGUMENT)
      #expect(unsafe pare_open(&other, container.bytes, 0, 0) == PARE_TRUNCATED)
      #expect(unsafe pare_tensor_at(&other, 0, &tensor) == PARE_NOT_OPEN)
      #expect(unsafe pare_tensor_at(nil, 0, &tensor) == PARE_BAD_ARGUMENT)
      #expect(unsafe pare_tensor_at(&container, 0, nil) == PARE_BAD_ARGUMENT)
      #expect(unsafe pare_tensor_named(&container, nil, &tensor) == PARE_BAD_ARGUMENT)
      let buffer = GuardedBuffer(byteCount: 1 << 16)
      // A tensor that was not found belongs to no container.
      #expect(unsafe pare_decode(&container, &tensor, buffer.floats, buffer.count) == PARE_NOT_OPEN)
      #expect(unsafe pare_tensor_at(&container, 0, &tensor) == PARE_OK)
      #expect(unsafe pare_decode(&container, &tensor, nil, buffer.count) == PARE_BAD_ARGUMENT)
      #expect(unsafe pare_decode(&container, &tensor, buffer.floats, -4) == PARE_BAD_ARGUMENT)
      let odd = unsafe (buffer.start + 1).assumingMemoryBound(to: Float.self)
      #expect(unsafe pare_decode(&container, &tensor, odd, buffer.count - 1) == PARE_MISALIGNED)
      for (first, count) in [(-1, 1), (0, -1), (0, Int.max), (Int.max, 1), (1, Int.max)] {
        #expect(
          unsafe pare_decode_rows(&container, &tensor, first, count, buffer.floats, buffer.count)
            == PARE_ROWS_OUT_OF_RANGE)
      }
      #expect(buffer.isIntact)
    }
  }
}
