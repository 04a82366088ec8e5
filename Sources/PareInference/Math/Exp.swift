/// Functions of one number, the same bits on every machine: f32 arithmetic and no libm.
public enum FloatMath {
  /// e^x, at most 2 ulp off; 0 below -104, infinity from 88.722839 on; NaN for NaN.
  @inline(__always)
  public static func exp(_ x: Float) -> Float { fatalError() }

  /// tanh(x), odd, at most 3 ulp off; exactly 1 from 9.02 on.
  @inline(__always)
  public static func tanh(_ x: Float) -> Float { fatalError() }

  /// 1 / (1 + e^-x), at most 2e-7 off; exactly 0 and 1 at the ends.
  @inline(__always)
  public static func sigmoid(_ x: Float) -> Float { fatalError() }
}
