import Foundation

/// Files of the package, found from this source file.
enum CFixtures {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: root.appending(path: path))) }

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// The rows of a table, without its head.
  static func rows(_ path: String) throws -> [[String]] {
    try text(path).split(separator: "\n").dropFirst()
      .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
  }

  /// The files of a folder with this ending.
  static func files(_ folder: String, _ ending: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)
      .filter { $0.hasSuffix(ending) }.sorted()
  }
}

/// A buffer as firmware has one, with bytes before and behind that nothing may change.
@safe final class GuardedBuffer {
  static let guardCount = 64
  let count: Int
  private let memory: UnsafeMutableRawPointer

  /// Precondition: `count` is not negative.
  init(byteCount: Int, alignment: Int = 8) {
    count = byteCount
    unsafe memory = .allocate(byteCount: byteCount + 2 * Self.guardCount, alignment: max(alignment, 64))
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0xA5, count: byteCount + 2 * Self.guardCount)
  }

  deinit { unsafe memory.deallocate() }

  var start: UnsafeMutableRawPointer { unsafe memory + Self.guardCount }

  var floats: UnsafeMutablePointer<Float> { unsafe start.assumingMemoryBound(to: Float.self) }

  /// The floats as they are.
  func bits(_ byteCount: Int? = nil) -> [UInt32] {
    (0..<(byteCount ?? count) / 4).map { unsafe floats[$0].bitPattern }
  }

  /// Whether all bytes outside are as they were.
  var isIntact: Bool {
    for index in 0..<Self.guardCount {
      let behind = Self.guardCount + count + index
      guard unsafe memory.load(fromByteOffset: index, as: UInt8.self) == 0xA5,
        unsafe memory.load(fromByteOffset: behind, as: UInt8.self) == 0xA5
      else { return false }
    }
    return true
  }
}
