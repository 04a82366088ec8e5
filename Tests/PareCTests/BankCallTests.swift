import CPare
import Foundation
import Pare
import PareFormat
import Testing

@testable import PareC

@Suite("Banks from C")
struct BankCallTests {
  @Test("What a bank holds is found by name and by number")
  func find() throws {
    let rows = try CFixtures.rows("Fixtures/bank/EXPECTED.tsv")
    for file in Set(rows.map { $0[0] }) {
      let bytes = try CFixtures.bytes("Fixtures/bank/" + file)
      let expected = rows.filter { $0[0] == file }
      unsafe bytes.withUnsafeBytes { buffer in
        let start = buffer.baseAddress
        var entry = unsafe pare_bank_entry()
        for (index, row) in expected.enumerated() {
          for byName in [true, false] {
            let code =
              byName
              ? unsafe pare_bank_find(start, buffer.count, row[1], &entry)
              : unsafe pare_bank_at(start, buffer.count, Int32(index), &entry)
            #expect(code == PARE_OK)
            #expect(unsafe UnsafeRawPointer(entry.bytes!) - start! == Int(row[2])! && entry.byte_count == Int(row[3]))
            #expect(unsafe entry.index == index && entry.count == expected.count)
            let name = unsafe UnsafeBufferPointer(start: entry.name, count: Int(entry.name_byte_count))
              .map { UInt8(bitPattern: $0) }
            #expect(String(decoding: name, as: UTF8.self) == row[1])
          }
        }
        for name in ["", "?", String(repeating: "x", count: 300)] {
          #expect(unsafe pare_bank_find(start, buffer.count, name, &entry) == PARE_NOT_FOUND)
        }
        for index in [-1, Int32(expected.count), Int32.max] {
          #expect(unsafe pare_bank_at(start, buffer.count, index, &entry) == PARE_NOT_FOUND)
        }
        #expect(unsafe pare_bank_at(nil, buffer.count, 0, &entry) == PARE_BAD_ARGUMENT)
        #expect(unsafe pare_bank_at(start, buffer.count, 0, nil) == PARE_BAD_ARGUMENT)
        #expect(unsafe pare_bank_at(start, -1, 0, &entry) == PARE_BAD_ARGUMENT)
        #expect(unsafe pare_bank_find(start, buffer.count, nil, &entry) == PARE_BAD_ARGUMENT)
      }
    }
  }

  @Test("Damaged banks are refused with the code of the specification")
  func damaged() throws {
    for row in try CFixtures.rows("Fixtures/bank/ERRORS.tsv") {
      let bytes = try CFixtures.bytes("Fixtures/bank/" + row[0])
      unsafe bytes.withUnsafeBytes { buffer in
        var entry = unsafe pare_bank_entry()
        let code = unsafe pare_bank_find(buffer.baseAddress, buffer.count, "amp", &entry)
        #expect(FormatError.Code(rawValue: UInt8(code)).map { "\($0)" } == row[1], "\(row[0])")
      }
    }
  }
}
