import PareFormat
import PareInference

/// The bytes of workspace that a model needs where it is run without a heap, by the width of the machine's words.
public struct DeviceWorkspace: Sendable, Equatable {
  /// On 32-bit machines.
  public let byteCount32: Int

  /// On 64-bit machines.
  public let byteCount64: Int

  /// What the container's model needs; nil where it has none, or one whose tables no 32-bit machine could hold.
  public init?(_ model: Model) {
    guard let section = model.container.model,
      let small = WorkspaceLayout(section, model.container, model.bytes, strides: .words32),
      let large = WorkspaceLayout(section, model.container, model.bytes, strides: .machine)
    else { return nil }
    byteCount32 = small.byteCount
    byteCount64 = large.byteCount
  }
}
