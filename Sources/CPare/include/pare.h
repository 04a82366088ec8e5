/*
 * Pare for C: check, decode and run a .pare container that is in memory, such as a microcontroller's flash.
 *
 * Three calls lead from a pointer to the first output:
 *
 *     static uint64_t workspace[AMP_WORKSPACE_BYTES / 8];
 *     pare_container amp;
 *     pare_model model;
 *
 *     int32_t code = pare_open(&amp, amp_pare, sizeof amp_pare, 0);
 *     if (code == PARE_OK) code = pare_model_open(&model, &amp, workspace, sizeof workspace);
 *     if (code == PARE_OK) code = pare_model_step(&model, x, sizeof x, y, sizeof y, NULL);
 *
 * Nothing is allocated, nothing is global: all that a call reads and writes is in the memory that it is given, whatever the
 * file says. All sizes are in bytes unless a name says otherwise. Every function but pare_error_text returns PARE_OK or a code,
 * and writes its results only with PARE_OK. The guide is Spec/EMBEDDING.md, the format Spec/FORMAT.md.
 *
 * Pointers to results must be valid; where a pointer may be NULL, it is said. The container's bytes must stay where they are
 * and must not change while a pare_container, pare_tensor or pare_model that was made from them is in use.
 *
 * Threads: there are no globals and no locks. An open pare_container is only read and may be shared by any number of threads; a
 * pare_model and its workspace belong to one thread at a time.
 */
#ifndef PARE_H
#define PARE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Versions and alignment ------------------------------------------------------------------------------------------- */

/** The version of the format that this library reads. */
#define PARE_FORMAT_MAJOR 0
#define PARE_FORMAT_MINOR 3

/** Floats begin at a multiple of this. */
#define PARE_FLOAT_ALIGNMENT 4

/** A workspace begins at a multiple of this. */
#define PARE_WORKSPACE_ALIGNMENT 8

/** A container may begin anywhere; machines that load words only from their multiples read it fastest from a multiple of this. */
#define PARE_CONTAINER_ALIGNMENT 4

/* ---- Codes: below 256 the file is at fault, with the numbers of the specification; from 256 on the call is ------------- */

#define PARE_OK 0
#define PARE_TRUNCATED 1
#define PARE_BAD_MAGIC 2
#define PARE_UNSUPPORTED_MAJOR 3
#define PARE_UNSUPPORTED_MINOR 4
#define PARE_RESERVED_NOT_ZERO 5
#define PARE_LARGE_UNSUPPORTED 6
#define PARE_CONTAINER_TOO_LARGE 7
#define PARE_TRAILING_BYTES 8
#define PARE_SECTION_ORDER 10
#define PARE_UNKNOWN_CRITICAL_SECTION 11
#define PARE_SECTION_CHECKSUM 12
#define PARE_SECTION_OVERRUN 13
#define PARE_NON_MINIMAL_INTEGER 14
#define PARE_INTEGER_TOO_LARGE 15
#define PARE_TOO_MANY_TENSORS 20
#define PARE_BAD_NAME 21
#define PARE_NAME_ORDER 22
#define PARE_UNKNOWN_ENCODING 23
#define PARE_UNSUPPORTED_ENCODING_VERSION 24
#define PARE_RANK_TOO_LARGE 25
#define PARE_TENSOR_TOO_LARGE 26
#define PARE_EXPANSION_TOO_LARGE 27
#define PARE_BAD_PARAMETER 28
#define PARE_PAYLOAD_CHECKSUM 30
#define PARE_PADDING_NOT_ZERO 31
#define PARE_BAD_SCALE 32
#define PARE_BAD_ZERO_POINT 33
#define PARE_BAD_CODEBOOK 34
#define PARE_CODE_OUT_OF_RANGE 35
#define PARE_ROW_TABLE_ORDER 36
#define PARE_POSITION_OUT_OF_RANGE 37
#define PARE_POSITION_ORDER 38
#define PARE_POSITION_COUNT_MISMATCH 39
#define PARE_STORED_ZERO 40
#define PARE_BAD_TABLE 41
#define PARE_BAD_CLASS 42
#define PARE_BAD_STREAM 43
#define PARE_BAD_PROVENANCE 50
#define PARE_BAD_ORDER 51
#define PARE_BAD_SOURCE 52
#define PARE_BAD_MODEL 60
#define PARE_UNKNOWN_OPERATION 61
#define PARE_BAD_REFERENCE 62
#define PARE_BAD_SHAPE 63
#define PARE_BAD_MODEL_SIZE 64
#define PARE_INDEX_CHECKSUM 70
#define PARE_BAD_INDEX 71

/** A pointer is NULL, a size is negative as a signed number, a flag is unknown, or the floats are not whole frames. */
#define PARE_BAD_ARGUMENT 256
/** The container, tensor or model was not opened, or the tensor is another container's. */
#define PARE_NOT_OPEN 257
/** There is no such tensor, or no such container in the bank. */
#define PARE_NOT_FOUND 258
/** The rows are not all within the tensor. */
#define PARE_ROWS_OUT_OF_RANGE 259
/** A buffer is smaller than what is to be written to it. */
#define PARE_BUFFER_TOO_SMALL 260
/** A buffer begins at an address that its alignment forbids. */
#define PARE_MISALIGNED 261
/** The container has weights alone, no model. */
#define PARE_NO_MODEL 262
/** The model needs a workspace that is larger than memory can be. */
#define PARE_MODEL_TOO_LARGE 263
/** The model has an operation that this build of the library leaves out: see libpare-sequence.a. A build without entropy coding refuses
 *  coded tensors with PARE_UNKNOWN_ENCODING. */
#define PARE_OPERATION_NOT_BUILT 264

/* ---- Containers ------------------------------------------------------------------------------------------------------- */

/** A flag of pare_open: the checksums of payloads are not computed. All else is checked as ever, so that damage may change a
 *  weight but nothing more. For large models in slow memory that were checked when they were written there. */
#define PARE_SKIP_PAYLOAD_CHECKSUMS 1u

#define PARE_CONTAINER_WORDS 40

/** An open container. The fields without a comment are the library's own. */
typedef struct pare_container {
  /** The container's bytes, as given to pare_open; NULL where that failed. */
  const uint8_t *bytes;
  size_t byte_count;
  /** The number of tensors. */
  int32_t tensor_count;
  /** 1 where there is a model, else 0. */
  int32_t has_model;
  /** After a code below 256: where in the file the fault is, and in which tensor's payload, or -1. */
  size_t error_offset;
  int32_t error_tensor;
  uintptr_t opaque[PARE_CONTAINER_WORDS];
} pare_container;

/** Checks the container in `bytes` as a whole and opens it: header, sections, directory and, tensor by tensor, payloads.
 *
 *  `flags` is 0 or PARE_SKIP_PAYLOAD_CHECKSUMS. Time is linear in the bytes; an entropy-coded tensor is decoded once. What has
 *  been opened cannot fail any more, so that the functions below only ever refuse what their caller got wrong. */
int32_t pare_open(pare_container *container, const void *bytes, size_t byte_count, uint32_t flags);

/* ---- Tensors ---------------------------------------------------------------------------------------------------------- */

/** How an element is stored. */
#define PARE_ELEMENT_F32 0
#define PARE_ELEMENT_F16 1
#define PARE_ELEMENT_BF16 2
#define PARE_ELEMENT_AFFINE 3
#define PARE_ELEMENT_CODEBOOK 4

/** A tensor of an open container, and what its directory says. The fields without a comment are the library's own. */
typedef struct pare_tensor {
  /** The name, UTF-8, in the container: not closed by a zero. */
  const char *name;
  int32_t name_byte_count;
  /** The number in the directory, from 0 on. */
  int32_t index;
  /** The number of axes, 0 to 8, and their extents; 1 behind the last. */
  int32_t rank;
  size_t shape[8];
  /** The rows, which are the slices along axis 0; below rank 2 the tensor is one row. */
  size_t row_count;
  /** The elements of all rows, and the stored ones: those that are not zero where the tensor is sparse. */
  size_t element_count;
  size_t stored_count;
  /** The bytes of the decoded floats: 4 for each element. */
  size_t float_byte_count;
  /** PARE_ELEMENT_F32 and so on, and the bits of a stored element. */
  int32_t element;
  int32_t bit_width;
  /** 1 where it is entropy coded: rows are then reached by decoding those of their block before them. */
  int32_t is_coded;
  /** Where the payload is. */
  size_t payload_offset;
  size_t payload_byte_count;
  const uint8_t *owner;
  size_t place[2];
} pare_tensor;

/** Finds the tensor with number `index`. Linear in `index`. */
int32_t pare_tensor_at(const pare_container *container, int32_t index, pare_tensor *tensor);

/** Finds the tensor named `name`, which a zero closes. Linear in the number of tensors. */
int32_t pare_tensor_named(const pare_container *container, const char *name, pare_tensor *tensor);

/** Decodes all elements in row-major order; `floats` has room for `tensor->float_byte_count` bytes, or more. */
int32_t pare_decode(
    const pare_container *container, const pare_tensor *tensor, float *floats, size_t floats_byte_count);

/** Decodes `row_count` rows from `first_row` on, each of float_byte_count / row_count bytes. */
int32_t pare_decode_rows(
    const pare_container *container, const pare_tensor *tensor, size_t first_row, size_t row_count, float *floats,
    size_t floats_byte_count);

/* ---- Models ----------------------------------------------------------------------------------------------------------- */

/** The memory that a model needs. */
typedef struct pare_sizes {
  /** What pare_model_open must be given: at least the three below, aligned. */
  size_t workspace;
  /** What is carried from frame to frame. */
  size_t state;
  /** What is needed only during a step. */
  size_t scratch;
  /** Operations, and decoded biases and other vectors. */
  size_t tables;
} pare_sizes;

#define PARE_MODEL_WORDS 24

/** An open model. The fields without a comment are the library's own. */
typedef struct pare_model {
  /** The bytes of one frame of all inputs, side by side, and of one frame of all outputs. */
  size_t input_byte_count;
  size_t output_byte_count;
  /** The most output frames that one input frame gives: 1 unless the model has strides or transposed convolutions. */
  size_t largest_burst;
  /** As in pare_container. */
  size_t error_offset;
  int32_t error_tensor;
  uintptr_t opaque[PARE_MODEL_WORDS];
} pare_model;

/** Computes what memory the container's model needs. Time is linear in the operations times one 32nd of the tensors. */
int32_t pare_model_sizes(const pare_container *container, pare_sizes *sizes);

/** Checks the container's model and makes it ready in `workspace`, at its start.
 *
 *  Weights stay where they are and are multiplied in the form in which they are stored; entropy-coded ones are decoded anew in
 *  each step, which is slow: repack such a container in place (`pare repack --profile in-place`) where it is to run.
 *  The workspace is the model's as long as that is in use. Several models of one container each need a workspace. Quadratic in
 *  the operations at worst. */
int32_t pare_model_open(
    pare_model *model, const pare_container *container, void *workspace, size_t workspace_byte_count);

/** Runs as many frames as `input` holds, one after the other, and writes the frames that come of them to `output`.
 *
 *  `input_byte_count` is a multiple of model->input_byte_count; `output` has room for model->largest_burst frames for each.
 *  `*output_byte_count_made` gets the bytes written; it may be NULL. Input and output may be the same buffer where their frames
 *  have the same size and largest_burst is 1, else they must not overlap. Frames are bit-identical however many a call has. */
int32_t pare_model_step(
    pare_model *model, const float *input, size_t input_byte_count, float *output, size_t output_byte_count,
    size_t *output_byte_count_made);

/** Goes back to the start: no frames yet. */
int32_t pare_model_reset(pare_model *model);

/* ---- Banks: several containers in one image (pare export --to bin) ------------------------------------------------------ */

/** A container in a bank. */
typedef struct pare_bank_entry {
  /** The container's bytes, for pare_open, which checks them: the bank's own checks end with its index. */
  const uint8_t *bytes;
  size_t byte_count;
  /** The name, UTF-8, in the bank: not closed by a zero. */
  const char *name;
  int32_t name_byte_count;
  /** The number in the bank, from 0 on, and how many there are. */
  int32_t index;
  int32_t count;
} pare_bank_entry;

/** Checks a bank's index and finds the container named `name`, which a zero closes. Linear in the bytes of the index. */
int32_t pare_bank_find(const void *bank, size_t byte_count, const char *name, pare_bank_entry *entry);

/** The same for the container with number `index`. */
int32_t pare_bank_at(const void *bank, size_t byte_count, int32_t index, pare_bank_entry *entry);

/* ---- Words ------------------------------------------------------------------------------------------------------------ */

/** The rule that a code stands for, in English; never NULL. Its texts are linked only where it is called. */
const char *pare_error_text(int32_t code);

#ifdef __cplusplus
}
#endif

#endif
