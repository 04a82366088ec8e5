/// A progress bar on standard error: only on a terminal, and only once the work has taken a second.
final class Progress {
  private let streams: Streams
  private let start = ContinuousClock.now
  private var lastShown: ContinuousClock.Instant?

  init(_ streams: Streams) { self.streams = streams }

  /// States what is being done and the share of it that is behind, 0 to 1.
  func update(_ activity: String, _ share: Double) {
    guard streams.isErrorTerminal else { return }
    let now = ContinuousClock.now
    guard now - start > .seconds(1) else { return }
    if let lastShown, now - lastShown < .milliseconds(100) { return }
    lastShown = now
    let filled = Int(20 * min(max(share, 0), 1))
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 20 - filled)
    let text = "[\(bar)] \(padded(fixed(100 * share, 0), to: 3, isRight: true)) % \(printable(activity))"
    streams.showProgress("\r\u{1B}[K" + clipped(text, to: streams.width - 1))
  }

  /// Removes the bar, so that a line of text can be written.
  func clear() {
    guard lastShown != nil else { return }
    streams.showProgress("\r\u{1B}[K")
    lastShown = nil
  }

  /// Says something beside the bar.
  func note(_ sentence: String) {
    clear()
    streams.diagnose("note: \(sentence)")
  }

  /// Removes the bar for good.
  func finish() { clear() }
}
