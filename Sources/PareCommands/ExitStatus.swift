/// How a run of `pare` ended: the codes of sysexits.h, and 1 for a negative answer.
struct ExitStatus: Equatable, Sendable {
  let rawValue: Int32

  static let success = ExitStatus(rawValue: 0)
  /// The answer is no: beyond the tolerance, or something promised that does not hold.
  static let negative = ExitStatus(rawValue: 1)
  static let usage = ExitStatus(rawValue: 64)
  static let badData = ExitStatus(rawValue: 65)
  static let cannotOpen = ExitStatus(rawValue: 66)
  static let `internal` = ExitStatus(rawValue: 70)
  static let cannotCreate = ExitStatus(rawValue: 73)
  /// The reader of the output went away: what the signal SIGPIPE gives in a shell.
  static let brokenPipe = ExitStatus(rawValue: 128 + 13)
}

/// Why a subcommand gave up: its exit status, and the lines for standard error.
struct CommandError: Error, Equatable {
  let status: ExitStatus
  let message: String

  init(_ status: ExitStatus, _ message: String) {
    self.status = status
    self.message = message
  }
}
