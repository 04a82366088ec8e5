import Foundation
import PareInference
import Testing

@Suite("exp, tanh, sigmoid: stated errors, ends, and the same bits in lanes")
struct FloatMathTests {
  /// Floats of both signs, spread over all exponents: every `step`-th bit pattern, infinity excluded.
  private func forEachFloat(step: UInt32, _ body: (Float) -> Void) {
    var pattern: UInt32 = 0
    while pattern < 0x7F80_0000 {
      body(Float(bitPattern: pattern))
      body(-Float(bitPattern: pattern))
      pattern += step
    }
  }

  /// The distance from an exact result in units in the last place of the float nearest to it.
  private func ulps(_ found: Float, _ exact: Double) -> Double {
    let nearest = Float(exact)
    if found == nearest { return 0 }
    return abs(Double(found) - exact) / Double(max(nearest.magnitude.ulp, .leastNonzeroMagnitude))
  }

  @Test("The square root from integers has the bits of the machine's")
  func squareRoot() {
    var different = 0
    forEachFloat(step: 997) { x in
      let (found, exact) = (FloatMath.portableSquareRoot(x), x.squareRoot())
      if found.bitPattern != exact.bitPattern && !(found.isNaN && exact.isNaN) { different += 1 }
    }
    #expect(different == 0)
    for x: Float in [0, -0.0, .infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1, 4, 0.25] {
      #expect(FloatMath.portableSquareRoot(x).bitPattern == x.squareRoot().bitPattern)
    }
    #expect(FloatMath.portableSquareRoot(.nan).isNaN && FloatMath.portableSquareRoot(-.infinity).isNaN)
  }

  @Test("e^x is at most 1.02 ulp off, subnormal results included")
  func exp() {
    var worst = 0.0
    forEachFloat(step: 1009) { x in
      let exact = Foundation.exp(Double(x))
      let found = FloatMath.exp(x)
      if Float(exact).isInfinite || Float(exact) == 0 {
        if found != Float(exact) { worst = .infinity }
      } else {
        worst = max(worst, ulps(found, exact))
      }
    }
    #expect(worst <= 1.02)
    #expect(FloatMath.exp(0) == 1 && FloatMath.exp(-.infinity) == 0 && FloatMath.exp(.infinity) == .infinity)
    #expect(FloatMath.exp(88.72283) < .infinity && FloatMath.exp(88.72284) == .infinity)
    #expect(FloatMath.exp(.nan).isNaN)
  }

  @Test("tanh is odd, at most 2.7 ulp off, never above 1, and exactly 1 from 9.1 on")
  func tanh() {
    var worst = 0.0
    forEachFloat(step: 1009) { x in
      let found = FloatMath.tanh(x)
      worst = max(worst, ulps(found, Foundation.tanh(Double(x))))
      if found.magnitude > 1 || found != -FloatMath.tanh(-x) || x >= 9.1 && found != 1 { worst = .infinity }
    }
    #expect(worst <= 2.7)
    #expect(FloatMath.tanh(.infinity) == 1 && FloatMath.tanh(-.infinity) == -1 && FloatMath.tanh(.nan).isNaN)
    #expect(FloatMath.tanh(0).bitPattern == 0 && FloatMath.tanh(-0.0).sign == .minus)
  }

  @Test("sigmoid is at most 1e-7 off, between 0 and 1, and exact at both ends")
  func sigmoid() {
    var worst = 0.0
    forEachFloat(step: 1009) { x in
      let found = FloatMath.sigmoid(x)
      worst = max(worst, abs(Double(found) - 1 / (1 + Foundation.exp(-Double(x)))))
      if !(found >= 0 && found <= 1) || x >= 18 && found != 1 || x <= -88.8 && found != 0 { worst = .infinity }
    }
    #expect(worst <= 1e-7)
    #expect(FloatMath.sigmoid(0) == 0.5 && FloatMath.sigmoid(.infinity) == 1 && FloatMath.sigmoid(-.infinity) == 0)
    #expect(FloatMath.sigmoid(.nan).isNaN)
  }

  @Test("erf is odd, at most 1e-7 off, never above 1, and exactly 1 from 4 on")
  func erf() {
    var worst = 0.0
    forEachFloat(step: 1009) { x in
      let found = FloatMath.erf(x)
      worst = max(worst, abs(Double(found) - Foundation.erf(Double(x))))
      if found.magnitude > 1 || found != -FloatMath.erf(-x) || x >= 4 && found != 1 { worst = .infinity }
    }
    #expect(worst <= 1e-7)
    #expect(FloatMath.erf(.infinity) == 1 && FloatMath.erf(-.infinity) == -1 && FloatMath.erf(.nan).isNaN)
    #expect(FloatMath.erf(0).bitPattern == 0 && FloatMath.erf(-0.0).sign == .minus)
  }

  @Test("Four lanes have the bits of one")
  func lanes() {
    var differing = 0
    var chunk: [Float] = []
    forEachFloat(step: 10007) { x in
      chunk.append(x)
      guard chunk.count == 4 else { return }
      if !areSame(SIMD4(chunk)) { differing += 1 }
      chunk = []
    }
    #expect(differing == 0)
    #expect(areSame([.nan, .infinity, -.infinity, .leastNonzeroMagnitude]) && areSame([0, -0.0, 1, -1]))
  }

  private func areSame(_ x: SIMD4<Float>) -> Bool {
    let lanes = (0..<4).map { x[$0] }
    func array(_ y: SIMD4<Float>) -> [UInt32] { bits((0..<4).map { y[$0] }) }
    return array(FloatMath4.exp(x)) == bits(lanes.map { FloatMath.exp($0) })
      && array(FloatMath4.tanh(x)) == bits(lanes.map { FloatMath.tanh($0) })
      && array(FloatMath4.erf(x)) == bits(lanes.map { FloatMath.erf($0) })
      && array(FloatMath4.sigmoid(x)) == bits(lanes.map { FloatMath.sigmoid($0) })
  }
}
