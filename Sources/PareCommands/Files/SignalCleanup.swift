#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The paths that a signal removes before it ends the process: C strings with a null pointer behind the last; null when
/// there are none.
///
/// A handler may run between any two instructions, so it only reads this pointer and what it leads to. The pointer is
/// changed with the signals blocked, by the one thread that runs a command.
nonisolated(unsafe) private var pathsToRemove: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = nil

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

/// States what is to be removed, in this order, when a signal ends the process; files that do not exist yet may be among
/// them, and an empty folder may be the last.
func removeOnSignal(_ paths: [String]) {
  blockSignals(true)
  let old = unsafe pathsToRemove
  unsafe pathsToRemove = nil
  if !paths.isEmpty {
    let list = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: paths.count + 1)
    // `strdup` gives memory of its own, which `free` gives back below.
    for (index, path) in paths.enumerated() { unsafe (list + index).initialize(to: strdup(path)) }
    unsafe (list + paths.count).initialize(to: nil)
    unsafe pathsToRemove = list
    installHandlers()
  }
  if let old = unsafe old {
    var next = unsafe old
    while let path = unsafe next.pointee {
      unsafe free(path)
      unsafe next += 1
    }
    unsafe old.deallocate()
  }
  blockSignals(false)
}

private func installHandlers() {
  for number in endingSignals {
    var old = sigaction()
    guard unsafe sigaction(number, nil, &old) == 0, !isIgnored(old) else { continue }
    var action = sigaction()
    #if canImport(Darwin)
      unsafe action.__sigaction_u.__sa_handler = endProcess
    #elseif canImport(Musl)
      unsafe action.__sa_handler.sa_handler = endProcess
    #else
      unsafe action.__sigaction_handler.sa_handler = endProcess
    #endif
    _ = unsafe sigaction(number, &action, nil)
  }
}

private func isIgnored(_ action: sigaction) -> Bool {
  #if canImport(Darwin)
    let handler = unsafe action.__sigaction_u.__sa_handler
  #elseif canImport(Musl)
    let handler = unsafe action.__sa_handler.sa_handler
  #else
    let handler = unsafe action.__sigaction_handler.sa_handler
  #endif
  // SIG_IGN is the address 1, which has no function to compare with.
  return unsafe unsafeBitCast(handler, to: Int.self) == 1
}

/// Removes the paths, then ends the process by the same signal, so that a shell sees what happened.
private let endProcess: @convention(c) (Int32) -> Void = { number in
  // `unlink`, `rmdir`, `signal` and `raise` are safe in a handler.
  if var next = unsafe pathsToRemove {
    while let path = unsafe next.pointee {
      if unsafe unlink(path) != 0 { _ = unsafe rmdir(path) }
      unsafe next += 1
    }
  }
  _ = signal(number, SIG_DFL)
  raise(number)
}
