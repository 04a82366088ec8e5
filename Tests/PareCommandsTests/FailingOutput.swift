import Pare
import PareCommands

/// Runs `pare` with a standard output that fails with this error.
func failing(_ arguments: [String], _ number: Int32) -> CommandRun {
  var errors: [UInt8] = []
  let streams = Streams(
    output: { (_) throws(SystemError) in throw SystemError(path: "<stdout>", number) },
    errors: { bytes in for index in bytes.indices { errors.append(bytes[index]) } })
  let status = runPare(arguments, streams)
  return CommandRun(status: status, output: [], errors: String(decoding: errors, as: UTF8.self))
}
