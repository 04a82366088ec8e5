/// k-means in one dimension (Lloyd's algorithm), the same on every machine.
///
/// Centroids start evenly spaced from the smallest to the largest weight (Deep Compression's linear initialization). A
/// step gives each weight to the nearest centroid, ties to the lower one, and moves each centroid to the mean of its
/// weights. In one dimension clusters are intervals of the sorted weights, so that a step is one binary search per
/// centroid. A cluster that runs empty is given up, and the one with the largest count * width^2 is split at its mean in
/// its place, the lowest one among equals.
enum KMeans {
  /// Steps are taken until no weight changes its cluster, and at most this many.
  private static let stepLimit = 200

  private struct Cluster {
    var centroid: Double
    var range: Range<Int> = 0..<0
    /// The centroid is 0 and does not move.
    var isZero = false
  }

  /// At most `count` centroids, rising, rounded to f32. With `hasZero` weights nearest to 0 belong to it and not to a
  /// centroid. Preconditions: `count` is at least 1, there are weights.
  static func centroids(of weights: SortedWeights, count: Int, hasZero: Bool) -> [Float] {
    var clusters = initial(weights, count: count, hasZero: hasZero)
    for _ in 0..<stepLimit {
      let before = clusters.map(\.range)
      assign(weights, &clusters)
      if clusters.map(\.range) == before { break }
      move(weights, &clusters)
      replaceEmpty(weights, &clusters)
    }
    return clusters.filter { !$0.isZero && !$0.range.isEmpty }.map { Float($0.centroid) }
  }

  private static func initial(_ weights: SortedWeights, count: Int, hasZero: Bool) -> [Cluster] {
    let lowest = Double(weights.values[0])
    let highest = Double(weights.values[weights.values.count - 1])
    var clusters = (0..<count).map { index in
      // A single one starts in the middle.
      let share = count == 1 ? 0.5 : Double(index) / Double(count - 1)
      return Cluster(centroid: lowest + (highest - lowest) * share)
    }
    if hasZero {
      let place = clusters.firstIndex { $0.centroid >= 0 } ?? clusters.count
      clusters.insert(Cluster(centroid: 0, isZero: true), at: place)
    }
    return clusters
  }

  private static func assign(_ weights: SortedWeights, _ clusters: inout [Cluster]) {
    var start = 0
    for index in clusters.indices {
      let isLast = index == clusters.count - 1
      let end =
        isLast
        ? weights.values.count
        : weights.end(atMost: (clusters[index].centroid + clusters[index + 1].centroid) / 2, from: start)
      clusters[index].range = start..<end
      start = end
    }
  }

  private static func move(_ weights: SortedWeights, _ clusters: inout [Cluster]) {
    for index in clusters.indices where !clusters[index].isZero && !clusters[index].range.isEmpty {
      clusters[index].centroid = mean(weights, clusters[index].range)
    }
  }

  private static func mean(_ weights: SortedWeights, _ range: Range<Int>) -> Double {
    weights.sum(range) / Double(weights.count(range))
  }

  private static func replaceEmpty(_ weights: SortedWeights, _ clusters: inout [Cluster]) {
    let wanted = clusters.count
    clusters.removeAll { $0.range.isEmpty && !$0.isZero }
    while clusters.count < wanted {
      var widest = -1
      var largest = 0.0
      for (index, cluster) in clusters.enumerated() where cluster.range.count > 1 && !cluster.isZero {
        let width =
          Double(weights.values[cluster.range.upperBound - 1])
          - Double(weights.values[cluster.range.lowerBound])
        let spread = Double(weights.count(cluster.range)) * width * width
        if widest < 0 || spread > largest {
          widest = index
          largest = spread
        }
      }
      // Every cluster is a single value.
      guard widest >= 0 else { return }
      let range = clusters[widest].range
      // At least one value on either side, whatever the mean's rounding.
      let end = weights.end(atMost: clusters[widest].centroid, from: range.lowerBound)
      let split = min(max(end, range.lowerBound + 1), range.upperBound - 1)
      let (lower, upper) = (range.lowerBound..<split, split..<range.upperBound)
      clusters[widest] = Cluster(centroid: mean(weights, lower), range: lower)
      clusters.insert(Cluster(centroid: mean(weights, upper), range: upper), at: widest + 1)
    }
  }
}
