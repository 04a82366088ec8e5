// The functions of FloatMath.swift, whose comments explain them, with the same operations in the same order: included once for each kind
// of vector, which names
//   TARGET its instructions     V, VI vectors of floats and of 32-bit integers     NAME(name) the function of that width
//   OP(name), BITS(name) the instruction for floats and for bits     AS_BITS, AS_FLOATS the same bits as the other type
//
// min and max give their second operand where one is NaN, as the comparisons of `FloatMath` do.

#define SET(x) OP(set1_ps)(x)
#define MUL(a, b) OP(mul_ps)(a, b)
#define ADD(a, b) OP(add_ps)(a, b)
#define SUB(a, b) OP(sub_ps)(a, b)
#define INLINE static inline __attribute__((always_inline, unused)) TARGET

INLINE V NAME(exp)(V x) {
  const V bounded = OP(min_ps)(SET(89), OP(max_ps)(SET(-104), x));
  const V shifted = ADD(MUL(bounded, SET(0x1.715476p0f)), SET(0x1.8p23f));
  const V n = SUB(shifted, SET(0x1.8p23f));
  const V r = SUB(SUB(bounded, MUL(n, SET(0x1.63p-1f))), MUL(n, SET(-0x1.bd0106p-13f)));
  const V r2 = MUL(r, r);
  const V low = ADD(SET(0.49999993448f), MUL(SET(0.16666520631f), r));
  const V middle = ADD(SET(0.04166838805f), MUL(SET(0.00836871698f), r));
  const V q = ADD(ADD(low, MUL(r2, middle)), MUL(MUL(r2, r2), SET(0.00138145986f)));
  const V power = ADD(SET(1), ADD(r, MUL(r2, q)));
  const VI exponent = BITS(sub_epi32)(AS_BITS(shifted), AS_BITS(SET(0x1.8p23f)));
  const VI half = BITS(srai_epi32)(exponent, 1), bias = BITS(set1_epi32)(127);
  const VI first = BITS(slli_epi32)(BITS(add_epi32)(half, bias), 23);
  const VI second = BITS(slli_epi32)(BITS(add_epi32)(BITS(sub_epi32)(exponent, half), bias), 23);
  return MUL(MUL(power, AS_FLOATS(first)), AS_FLOATS(second));
}

INLINE V NAME(tanh)(V x) {
  const V sign = OP(and_ps)(x, SET(-0.0f)), z = OP(min_ps)(SET(10), OP(andnot_ps)(SET(-0.0f), x));
  const V shifted = ADD(MUL(z, SET(0x1.715476p1f)), SET(0x1.8p23f));
  const V r = SUB(MUL(z, SET(2)), MUL(SUB(shifted, SET(0x1.8p23f)), SET(0x1.62e43p-1f)));
  const V r2 = MUL(r, r);
  const V low = ADD(SET(0.49999993448f), MUL(SET(0.16666520631f), r));
  const V middle = ADD(SET(0.04166838805f), MUL(SET(0.00836871698f), r));
  const V q = ADD(ADD(low, MUL(r2, middle)), MUL(MUL(r2, r2), SET(0.00138145986f)));
  const V power = AS_FLOATS(BITS(add_epi32)(AS_BITS(SET(1)), BITS(slli_epi32)(AS_BITS(shifted), 23)));
  const V t = ADD(MUL(MUL(power, r2), q), ADD(MUL(power, r), SUB(power, SET(1))));
  return OP(or_ps)(OP(div_ps)(t, ADD(t, SET(2))), sign);
}

INLINE V NAME(sigmoid)(V x) {
  const V raised = OP(max_ps)(SET(-80), OP(xor_ps)(x, SET(-0.0f)));
  const V y = OP(min_ps)(SET(0x1.62e43p6f), raised);
  const V shifted = ADD(MUL(y, SET(0x1.715476p0f)), SET(0x1.8p23f));
  const V r = SUB(y, MUL(SUB(shifted, SET(0x1.8p23f)), SET(0x1.62e43p-1f)));
  const V r2 = MUL(r, r);
  const V low = ADD(SET(0.49999231489f), MUL(SET(0.16667114650f), r));
  const V middle = ADD(SET(0.04189015764f), MUL(SET(0.00831252039f), r));
  const V power = ADD(SET(1), ADD(r, MUL(r2, ADD(low, MUL(r2, middle)))));
  const V e = AS_FLOATS(BITS(add_epi32)(AS_BITS(power), BITS(slli_epi32)(AS_BITS(shifted), 23)));
  return OP(div_ps)(SET(1), ADD(SET(1), e));
}

#undef SET
#undef MUL
#undef ADD
#undef SUB
#undef INLINE
