/// What the keys of known model files say about the values behind them.
enum JSONKeys {
  /// Arrays of settings, never weights.
  static let settings: Set<String> = [
    "classes_", "feature_names", "feature_names_in_", "n_iter_", "loss_curve_", "validation_scores_", "classes",
    "hidden_layer_sizes",
  ]

  /// Objects that hold settings only.
  static let settingsObjects: Set<String> = [
    "config", "metadata", "model_data", "model_config", "hyper_parameters", "hparams",
  ]

  private static let shapes: Set<String> = [
    "shape", "kernel_size", "dilation", "dilations", "dilation_rate", "stride", "strides", "padding", "groups",
  ]

  /// Keys whose value is a setting when it is a short list of integers.
  static func isShape(_ key: String) -> Bool { shapes.contains(key) || key.hasSuffix("_shape") }

  /// Keys whose value is a list of arrays, each a tensor of its own (scikit-learn's multilayer perceptrons).
  static func isArrayList(_ key: String, path: [String]) -> Bool { key == "coefs_" || key == "intercepts_" }

  /// scikit-learn's fitted attributes that are a tensor even when they are one number.
  static let scalarTensors: Set<String> = [
    "coef_", "intercept_", "mean_", "scale_", "var_", "center_", "min_", "data_min_", "data_max_", "data_range_",
  ]

  /// Objects around the weights whose name says nothing about them.
  static let wrappers: Set<String> = ["state_dict", "weights", "model_state_dict", "parameters"]

  /// The name of the program whose tree ensemble has a key here, nil when the path says nothing of the kind.
  static func treeEnsemble(_ path: [String]) -> String? {
    switch path.last {
    case "trees": path.count > 2 && path[0] == "learner" && path[1] == "gradient_booster" ? "XGBoost" : nil
    case "tree_info": path.count == 1 ? "LightGBM" : nil
    case "oblivious_trees": path.count == 1 ? "CatBoost" : nil
    case "nodeid": path == [JSONParser.element, "nodeid"] ? "XGBoost" : nil
    default: nil
    }
  }
}
