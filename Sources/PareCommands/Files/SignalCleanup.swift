#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The file that a signal removes before it ends the process, as a C string; null when there is none.
///
/// A handler may run between any two instructions, so it only reads a pointer. The pointer is changed with the signals
/// blocked, by the one thread that runs a command.
nonisolated(unsafe) private var pathToRemove: UnsafeMutablePointer<CChar>? = nil

/// The signals that people and terminals end a program with. One that is ignored, as under `nohup`, stays ignored.
private let endingSignals: [Int32] = [SIGINT, SIGTERM, SIGHUP, SIGPIPE]

/// Blocks or unblocks the signals that end the process.
func blockSignals(_ isBlocked: Bool) {
  var set = sigset_t()
  // A set of ours is filled and read during the calls.
  unsafe sigemptyset(&set)
  for number in endingSignals { unsafe sigaddset(&set, number) }
  unsafe pthread_sigmask(isBlocked ? SIG_BLOCK : SIG_UNBLOCK, &set, nil)
}

/// States the file that is to be removed when a signal ends the process; nil for none.
func removeOnSignal(_ path: String?) {
  blockSignals(true)
  let old = unsafe pathToRemove
  // `strdup` gives memory of its own, which `free` gives back.
  if let path { unsafe pathToRemove = unsafe strdup(path) } else { unsafe pathToRemove = nil }
  unsafe free(old)
  if path != nil { installHandlers() }
  blockSignals(false)
}

private func installHandlers() {
  for number in endingSignals {
    var old = sigaction()
    guard unsafe sigaction(number, nil, &old) == 0, !isIgnored(old) else { continue }
    var action = sigaction()
    #if canImport(Darwin)
      unsafe action.__sigaction_u.__sa_handler = endProcess
    #else
      unsafe action.__sigaction_handler.sa_handler = endProcess
    #endif
    _ = unsafe sigaction(number, &action, nil)
  }
}

private func isIgnored(_ action: sigaction) -> Bool {
  // SIG_IGN is the address 1, which has no function to compare with.
  #if canImport(Darwin)
    let handler = unsafe action.__sigaction_u.__sa_handler
  #else
    let handler = unsafe action.__sigaction_handler.sa_handler
  #endif
  return unsafe unsafeBitCast(handler, to: Int.self) == 1
}

/// Removes the file, then ends the process by the same signal, so that a shell sees what happened.
private let endProcess: @convention(c) (Int32) -> Void = { number in
  // `unlink`, `signal` and `raise` are safe in a handler.
  if let path = unsafe pathToRemove { _ = unsafe unlink(path) }
  _ = signal(number, SIG_DFL)
  raise(number)
}
