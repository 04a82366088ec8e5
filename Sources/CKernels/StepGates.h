// The gates of as many units of recurrent layers as a vector has lanes: see RecurrentGates.swift. `g` are where the sums of each gate are.

#define INLINE static inline __attribute__((always_inline, unused)) TARGET

// In the order i, f, g, o.
INLINE void NAME(lstm_gates)(const float *const g[4], float *cell, float *hidden) {
  const V i = NAME(sigmoid)(OP(loadu_ps)(g[0])), f = NAME(sigmoid)(OP(loadu_ps)(g[1]));
  const V n = NAME(tanh)(OP(loadu_ps)(g[2])), o = NAME(sigmoid)(OP(loadu_ps)(g[3]));
  const V c = OP(add_ps)(OP(mul_ps)(f, OP(loadu_ps)(cell)), OP(mul_ps)(i, n));
  OP(storeu_ps)(cell, c);
  OP(storeu_ps)(hidden, OP(mul_ps)(o, NAME(tanh)(c)));
}

// Input and recurrent sums of the reset gate, of the update gate, of the new state.
INLINE void NAME(gru_gates)(const float *const g[6], float *hidden) {
  const V r = NAME(sigmoid)(OP(add_ps)(OP(loadu_ps)(g[0]), OP(loadu_ps)(g[1])));
  const V z = NAME(sigmoid)(OP(add_ps)(OP(loadu_ps)(g[2]), OP(loadu_ps)(g[3])));
  const V n = NAME(tanh)(OP(add_ps)(OP(loadu_ps)(g[4]), OP(mul_ps)(r, OP(loadu_ps)(g[5]))));
  const V kept = OP(mul_ps)(z, OP(loadu_ps)(hidden));
  OP(storeu_ps)(hidden, OP(add_ps)(OP(mul_ps)(OP(sub_ps)(OP(set1_ps)(1), z), n), kept));
}

#undef INLINE
