/// What a checkpoint holds beside the model's weights to resume training: as large as the weights and no part of them.
enum TrainingState {
  private static let keys: Set<String> = ["optimizer", "optimizer_state_dict", "optimizer_states"]

  /// Removes the state of training from the text's outermost object, where it stands beside a wrapper of weights. Gives
  /// the keys.
  static func remove(from root: inout JSONNode) -> [String] {
    guard case .object(let members) = root, members.contains(where: isWrapper) else { return [] }
    let removed = members.filter(isState)
    if !removed.isEmpty { root = .object(members.filter { !isState($0) }) }
    return removed.map(\.key)
  }

  private static func isWrapper(_ member: JSONNode.Member) -> Bool {
    guard case .object = member.value else { return false }
    return JSONKeys.wrappers.contains(member.key)
  }

  /// A text or a number (`"optimizer": "adam"`) is a setting.
  private static func isState(_ member: JSONNode.Member) -> Bool {
    switch member.value {
    case .object, .array, .numbers: keys.contains(member.key) || member.key.hasPrefix("lr_scheduler")
    default: false
    }
  }
}
