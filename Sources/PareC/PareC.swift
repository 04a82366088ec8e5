// PareC is what `pare.h` declares, in Swift: each function checks what its caller gave, makes spans of it, and calls PareFormat or
// PareInference. Nothing here outlives a call; what does is in the caller's structures and workspace.
//
//   Codes.swift     what functions return
//   Reader/         containers and tensors: all that the library without inference has
//   Model/          models
//
// Pointers are this module's business, so `unsafe` is everywhere: a pointer and a size that the header asks for are memory of the
// caller's, for the length of the call. No other module of the package sees them. Functions have their names in C: the compiler
// holds each to its declaration in the header.
