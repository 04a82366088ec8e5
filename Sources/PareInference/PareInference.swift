// PareInference is the arithmetic of models: what a layer computes, as functions on buffers that the caller owns, and a model's
// layers one behind the other. It knows tensors and the model section (PareFormat), but nothing of files.
//
//   Math/      exp, tanh, sigmoid: polynomials of ours, the same bits on every machine
//   Matrix/    a matrix times vectors: on the stored form of a tensor (StoredMatrix), on its factors as floats in panels
//              (Panels), on expanded non-zeros (SparseRows), and in integers (IntegerRows on hosts, IntegerMatrix without memory)
//   Layers/    activations, normalization, pooling, convolution, and the gates of recurrent layers
//   Buffers/   where frames lie in a buffer, and how one buffer is read and written at once
//   Model/     a model's operations run over tables, state and scratch of the caller's (ModelRunner): what firmware does
//   Steps/     the same on hosts, a layer with what follows it as one piece of work; the bits are ModelRunner's
//
// The arithmetic is normative, so that results agree to the bit on every target and in every way of computing:
//
//   - f32 throughout, rounded after each operation; no fused multiply-add, no libm.
//   - A dense row: 8 partial sums that start at +0; the product of column c is added to sum c mod 8, in rising c; then
//     ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7)).
//   - A sparse row: 4 partial sums; the product of the non-zero with ordinal n in its row is added to sum n mod 4; then
//     (s0 + s1) + (s2 + s3).
//   - A factor is what is multiplied with the input. Where all elements of a row share one scale (`Tensor.hasRowScale`), it is
//     f32(code - zero point), and the sum of the row is multiplied by the scale once; else it is the decoded value.
//   - A bias is added last: y = sum (* scale) + bias.
//
// Everything is Embedded-safe: no heap, no existentials, no String, no Foundation, nothing that fails. A caller's mistake,
// such as a range outside its buffer, is a precondition.
