import CKernels
import PareFormat
import PareInference

/// What of a model a session runs as fused steps: a dense or convolutional layer with the layer that is added to it, the function and
/// the sum behind it, and recurrent layers.
///
/// Fused are operations that follow each other, whose frames come with those of the inputs, and whose matrices are panels. What is only
/// read within a step is never written.
struct StepFusion {
  private(set) var work: [ModelWork] = []
  private(set) var steps: [FusedStep] = []

  /// The values of steps that operations or the caller read.
  let steadyValues: [Int]

  /// Each operation by itself.
  init(unfused program: ModelProgram) {
    work = [ModelWork(isFused: false, first: 0, end: program.operations.count)]
    steadyValues = []
  }

  /// Makes the work of a program for a runner. Linear in the operations.
  init(_ program: ModelProgram, _ runner: ModelRunner) {
    var search = FusionSearch(program, runner)
    var next = 0
    while next < program.operations.count {
      let found = search.step(from: next)
      if let step = found.step { steps.append(step) }
      let isFused = found.step != nil
      let (first, end) = isFused ? (steps.count - 1, steps.count) : (next, next + 1)
      if let last = work.last, last.isFused == isFused {
        work[work.count - 1] = ModelWork(isFused: isFused, first: last.first, end: end)
      } else {
        work.append(ModelWork(isFused: isFused, first: first, end: end))
      }
      next += found.count
    }
    steadyValues = search.steadyValues
  }
}

/// Looks for steps among a program's operations.
private struct FusionSearch {
  let operations: [PlannedOperation]
  let values: [ModelValue]
  let runner: ModelRunner
  /// How many operations and outputs read each value.
  private var readerCounts: [Int]
  private(set) var steadyValues: [Int] = []

  init(_ program: ModelProgram, _ runner: ModelRunner) {
    operations = program.operations
    values = program.values
    self.runner = runner
    readerCounts = [Int](repeating: 0, count: values.count)
    for planned in operations {
      for index in 0..<planned.operation.kind.inputCount { readerCounts[planned.operation.input(index)] += 1 }
    }
    for output in program.outputs { readerCounts[output] += 1 }
  }

  /// The step that begins with an operation, and the operations it takes; one and no step where there is none.
  mutating func step(from first: Int) -> (step: FusedStep?, count: Int) {
    let planned = operations[first]
    guard isSteady(planned.operation.input(0)), isSteady(planned.value) else { return (nil, 1) }
    switch planned.operation.kind {
    case .lstm, .gru:
      guard let step = recurrent(planned) else { return (nil, 1) }
      steadyValues.append(planned.value)
      return (step, 1)
    case .dense, .conv1d:
      guard let product = product(planned), let window = window(planned) else { return (nil, 1) }
      var draft = StepDraft(planned.value, product, window, rows: values[planned.value].shape.elementCount)
      // The longest step that reads nothing it has overwritten.
      var found: (step: FusedStep, values: [Int], count: Int)?
      var next = first + 1
      while true {
        if let step = finished(draft, planned) { found = (step, draft.stored, next - first) }
        guard let taken = extend(&draft, from: next) else { break }
        next += taken
      }
      guard let found else { return (nil, 1) }
      steadyValues += found.values
      return (found.step, found.count)
    default: return (nil, 1)
    }
  }

  /// Whether a value has as many frames as the inputs.
  private func isSteady(_ value: Int) -> Bool { values[value].clock == 0 && values[value].burst == 1 }

  /// Takes what follows the draft's result into it, and gives how many operations that are.
  private func extend(_ draft: inout StepDraft, from next: Int) -> Int? {
    guard draft.added == nil, next < operations.count else { return nil }
    let planned = operations[next]
    let operation = planned.operation
    if !draft.isFunction, operation.kind == .dense, next + 1 < operations.count, draft.second == nil,
      readerCounts[draft.result] == 1, readerCounts[planned.value] == 1, isSteady(operation.input(0)),
      sum(operations[next + 1], of: draft.result) == planned.value, let second = product(planned)
    {
      draft.second = second
      draft.sources.append(operation.input(0))
      draft.result = operations[next + 1].value
      return 2
    }
    if !draft.isFunction, operation.kind == .activation, operation.input(0) == draft.result,
      readerCounts[draft.result] == 1, let function = operation.activation?.stepFunction
    {
      draft.function = function
      draft.isFunction = true
      draft.result = planned.value
      return 1
    }
    if let added = sum(planned, of: draft.result), added < draft.first, isSteady(added) {
      if readerCounts[draft.result] > 1 { draft.kept = draft.result }
      draft.added = added
      draft.result = planned.value
      return 1
    }
    return nil
  }

  /// The other value where an operation adds one to `value`.
  private func sum(_ planned: PlannedOperation, of value: Int) -> Int? {
    guard planned.operation.kind == .add else { return nil }
    let (a, b) = (planned.operation.input(0), planned.operation.input(1))
    return a == b ? nil : a == value ? b : b == value ? a : nil
  }

  /// A layer's product, where it is one of panels.
  private func product(_ planned: PlannedOperation) -> pare_product? {
    let input = planned.operation.input(0)
    guard case .panels(let panels, let start) = planned.matrices[0], panels.groupCount == 1, panels.columnCount > 0,
      values[input].shape.elementCount * planned.extent(0) == panels.columnCount
    else { return nil }
    return product(panels, start, bias: planned.constants(1), x: runner.place(values[input]))
  }

  private func product(
    _ panels: Panels, _ start: Int, bias: Range<Int>, x: Int, isState: Bool = false
  ) -> pare_product {
    pare_product(
      columns: Int32(panels.columnCount), factors: Int32(start),
      scales: panels.hasRowScale ? Int32(start + panels.scalesStart) : -1,
      bias: bias.isEmpty ? -1 : Int32(bias.lowerBound), x: Int32(x), x_is_state: isState ? 1 : 0)
  }

  /// The window of a layer: one frame, or as many as a causal convolution of one group and stride 1 has.
  private func window(_ planned: PlannedOperation) -> StepWindow? {
    guard planned.operation.kind == .conv1d else { return StepWindow(taps: 1, dilation: 1, ring: 0, capacity: 0) }
    let operation = planned.operation
    let size = planned.extent(0)
    guard operation.attribute(0) == 1, operation.attribute(2) == 1, operation.attribute(3) == 0 else { return nil }
    let capacity = operation.keptFrameCount(windowSize: size)
    if size == 1 && capacity == 0 { return StepWindow(taps: 1, dilation: 1, ring: 0, capacity: 0) }
    return StepWindow(
      taps: size, dilation: operation.attribute(1), ring: Int(values[planned.value].state), capacity: capacity)
  }

  private func recurrent(_ planned: PlannedOperation) -> FusedStep? {
    guard case .panels(let kernel, let start) = planned.matrices[0],
      case .panels(let recurrent, let recurrentStart) = planned.matrices[1]
    else { return nil }
    let input = values[planned.operation.input(0)]
    let value = values[planned.value]
    let (units, sums) = (value.shape.elementCount, kernel.rowsPerGroup)
    let isLSTM = planned.operation.kind == .lstm
    guard kernel.columnCount > 0, units > 0, input.shape.elementCount == kernel.columnCount,
      recurrent.columnCount == units, sums == (isLSTM ? 4 : 3) * units
    else { return nil }
    var step = FusedStep()
    step.kind = isLSTM ? PARE_STEP_LSTM : PARE_STEP_GRU
    step.rows = Int32(units)
    step.first = product(kernel, start, bias: planned.inputBias(sums), x: runner.place(input))
    step.second = product(
      recurrent, recurrentStart, bias: planned.recurrentBias(sums), x: Int(value.state), isState: true)
    step.taps = 1
    step.function = PARE_IDENTITY
    step.kept = Int32(runner.windowStart)
    step.added = -1
    step.y = Int32(runner.place(value))
    step.reset = isLSTM || planned.operation.attribute(0) == 0 ? 0 : step.rows
    return ranges([planned.value], are: [planned.operation.input(0)]) ? nil : step
  }

  /// The step of a draft; nil where it would overwrite what it has yet to read.
  private func finished(_ draft: StepDraft, _ planned: PlannedOperation) -> FusedStep? {
    if draft.kept == nil && draft.added == nil && readerCounts[draft.result] == 0 { return nil }
    guard !ranges(draft.stored, are: [planned.operation.input(0)] + draft.sources) else { return nil }
    if let added = draft.added {
      // An element is read before it is written, in the same place or elsewhere.
      let isPlace = runner.place(values[added]) == runner.place(values[draft.result])
      guard isPlace || !ranges([draft.result], are: [added]) else { return nil }
      if let kept = draft.kept, ranges([kept], are: [added, draft.result]) { return nil }
    }
    var step = FusedStep()
    step.kind = PARE_STEP_PRODUCT
    step.rows = Int32(draft.rows)
    step.first = draft.product
    step.second.columns = -1
    if let second = draft.second { step.second = second }
    step.taps = Int32(draft.window.taps)
    step.dilation = Int32(draft.window.dilation)
    step.ring = Int32(draft.window.ring)
    step.capacity = Int32(draft.window.capacity)
    step.window = Int32(runner.windowStart)
    step.window_frames = Int32(runner.windowFrames)
    step.function = draft.function
    step.kept = draft.kept.map { Int32(runner.place(values[$0])) } ?? -1
    step.added = draft.added.map { Int32(runner.place(values[$0])) } ?? -1
    step.y = Int32(runner.place(values[draft.result]))
    return step
  }

  /// Whether the places of any of some values overlap those of any of others.
  private func ranges(_ some: [Int], are others: [Int]) -> Bool {
    some.contains { a in others.contains { b in range(a).overlaps(range(b)) } }
  }

  private func range(_ value: Int) -> Range<Int> {
    let start = runner.place(values[value])
    return start..<start + values[value].count * runner.frameCapacity
  }
}

/// The frames that a product reads.
private struct StepWindow {
  let taps: Int
  let dilation: Int
  let ring: Int
  let capacity: Int
}

/// A step as far as it is known.
private struct StepDraft {
  /// The value of its first operation, and the one it makes now.
  let first: Int
  var result: Int
  let product: pare_product
  let window: StepWindow
  let rows: Int
  var second: pare_product?
  /// What the second product multiplies.
  var sources: [Int] = []
  var isFunction = false
  var function = PARE_IDENTITY
  var kept: Int?
  var added: Int?

  init(_ value: Int, _ product: pare_product, _ window: StepWindow, rows: Int) {
    first = value
    result = value
    self.product = product
    self.window = window
    self.rows = rows
  }

  /// The values that it writes.
  var stored: [Int] { [result] + (kept.map { [$0] } ?? []) }
}

extension Activation {
  /// The function's number in a step; nil for one that steps do not have.
  fileprivate var stepFunction: Int32? {
    switch self {
    case .tanh: PARE_TANH
    case .sigmoid: PARE_SIGMOID
    case .relu: PARE_RELU
    default: nil
    }
  }
}
