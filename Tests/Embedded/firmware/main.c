/*
 * Opens, decodes and runs all containers of an image (image.py) through pare.h, and compares the results with those expected.
 *
 * The same program runs on every machine, the host included: it prints the same lines everywhere, but for the depth of the stack.
 */
#include "pare.h"
#include "port.h"

enum { CONTAINER = 1, DAMAGED, MODELS, BANK, DAMAGED_BANK, KINDS, FRAMES = 1000 };

/* Floats of a tensor, or of frames; the fixtures' largest tensor has 1 MiB of them, and a little more. */
static float floats[(1 << 18) + (1 << 16)];
static float row[1 << 16];
static uint64_t workspace[1 << 15];

/* The deepest stack of each call: of containers in place, and of those with an entropy-coded tensor. */
typedef size_t depths[2];
static depths depth_of_open, depth_of_decode, depth_of_model, depth_of_step;

static void deepen(depths depth, int is_coded, size_t found) {
  if (found > depth[is_coded]) depth[is_coded] = found;
}

static int has_coded(const pare_container *container) {
  pare_tensor tensor;
  for (int32_t index = 0; index < container->tensor_count; index++)
    if (pare_tensor_at(container, index, &tensor) == PARE_OK && tensor.is_coded) return 1;
  return 0;
}

static void print_number(uint32_t number, int base, int digits) {
  char text[11];
  char *end = text + sizeof text - 1;
  *end = 0;
  while (number != 0 || digits > 0) {
    *--end = "0123456789abcdef"[number % (unsigned)base];
    number /= (unsigned)base;
    digits--;
  }
  port_print(end);
}

/* CRC-32 as in the format. */
static uint32_t crc32(uint32_t crc, const void *data, size_t count) {
  const uint8_t *bytes = data;
  crc = ~crc;
  while (count--) {
    crc ^= *bytes++;
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (0xedb88320u & (0u - (crc & 1u)));
  }
  return ~crc;
}

/* CRC-32 over numbers, one after the other. */
static void add_to(uint32_t *sum, uint32_t number) {
  const uint8_t in_order[4] = {(uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16), (uint8_t)(number >> 24)};
  *sum = crc32(*sum, in_order, 4);
}

static int fail(const char *name, const char *what, int32_t code) {
  port_print("FAILED ");
  port_print(name);
  port_print(": ");
  port_print(what);
  port_print(", ");
  print_number((uint32_t)code, 10, 1);
  port_print(" ");
  port_print(pare_error_text(code));
  port_print("\n");
  return 1;
}

/* Decodes all tensors, whole and by rows: the same bits. */
static int check_container(const char *name, const uint8_t *bytes, size_t count, uint32_t expected) {
  pare_container container;
  pare_tensor tensor;
  uint32_t sum = 0;
  port_stack_mark();
  int32_t code = pare_open(&container, bytes, count, 0);
  size_t depth = port_stack_depth();
  if (code != PARE_OK) return fail(name, "is refused", code);
  deepen(depth_of_open, has_coded(&container), depth);
  for (int32_t index = 0; index < container.tensor_count; index++) {
    code = pare_tensor_at(&container, index, &tensor);
    if (code != PARE_OK) return fail(name, "has no tensor", code);
    port_stack_mark();
    code = pare_decode(&container, &tensor, floats, sizeof floats);
    deepen(depth_of_decode, tensor.is_coded, port_stack_depth());
    if (code != PARE_OK) return fail(name, "is not decoded", code);
    add_to(&sum, crc32(0, floats, tensor.float_byte_count));
    if (tensor.element_count == 0) continue;
    size_t middle = tensor.row_count / 2, row_bytes = tensor.float_byte_count / tensor.row_count;
    if (row_bytes > sizeof row) continue;
    code = pare_decode_rows(&container, &tensor, middle, 1, row, row_bytes);
    if (code != PARE_OK) return fail(name, "has no row", code);
    if (crc32(0, row, row_bytes) != crc32(0, (const uint8_t *)floats + middle * row_bytes, row_bytes))
      return fail(name, "a row is not that of the whole tensor", index);
  }
  if (sum != expected) return fail(name, "other floats than expected", 0);
  return 0;
}

static int32_t open_all(pare_container *container, pare_model *model, const uint8_t *bytes, size_t count) {
  int32_t code = pare_open(container, bytes, count, 0);
  if (code != PARE_OK || !container->has_model) return code;
  port_stack_mark();
  code = pare_model_open(model, container, workspace, sizeof workspace);
  size_t depth = port_stack_depth();
  deepen(depth_of_model, has_coded(container), depth);
  return code;
}

static int check_damaged(const char *name, const uint8_t *bytes, size_t count, uint32_t expected) {
  pare_container container;
  pare_model model;
  pare_sizes sizes;
  int32_t code = open_all(&container, &model, bytes, count);
  /* Some state more memory than there is here, which is told before it is told that they are wrong. */
  if (code == PARE_BUFFER_TOO_SMALL && expected == PARE_BAD_MODEL_SIZE &&
      pare_model_sizes(&container, &sizes) == PARE_OK && sizes.workspace > sizeof workspace)
    return 0;
  return code == (int32_t)expected ? 0 : fail(name, "another code than expected", code);
}

/* Numbers between -1 and 1, those of Fixtures/running. */
static float sample(uint32_t index) { return (float)((int32_t)(index * 7919u % 2001u) - 1000) / 1000.0f; }

/* Runs 1000 frames, one at a time. A NaN counts as one, whatever its bits: they differ between machines. */
static int check_model(const char *name, const uint8_t *bytes, size_t count, uint32_t *sum_of_all) {
  pare_container container;
  pare_model model;
  int32_t code = open_all(&container, &model, bytes, count);
  if (code == PARE_OPERATION_NOT_BUILT || code == PARE_UNKNOWN_ENCODING) {
    port_print(code == PARE_UNKNOWN_ENCODING ? "coded " : "left out ");
    port_print(name);
    port_print("\n");
    return 0;
  }
  if (code != PARE_OK) return fail(name, "is refused", code);
  uint32_t sum = 0;
  int is_coded = has_coded(&container);
  size_t inputs = model.input_byte_count / sizeof(float), made;
  if (model.input_byte_count > sizeof row || model.output_byte_count * model.largest_burst > sizeof floats)
    return fail(name, "frames are too large for this program", 0);
  for (uint32_t frame = 0; frame < FRAMES; frame++) {
    for (size_t index = 0; index < inputs; index++) row[index] = sample((uint32_t)(frame * inputs + index));
    port_stack_mark();
    code = pare_model_step(&model, row, model.input_byte_count, floats, sizeof floats, &made);
    deepen(depth_of_step, is_coded, port_stack_depth());
    if (code != PARE_OK) return fail(name, "does not run", code);
    for (size_t index = 0; index < made / sizeof(float); index++) {
      union {
        float value;
        uint32_t bits;
      } element = {floats[index]};
      if (element.value != element.value) element.bits = 0x7fc00000u;
      add_to(&sum, element.bits);
    }
  }
  port_print("model ");
  port_print(name);
  port_print(" ");
  print_number(sum, 16, 8);
  port_print("\n");
  add_to(sum_of_all, sum);
  return 0;
}

/* Takes a bank apart, by number and by name, and runs its models, or takes the checksums of what it holds. */
static int check_bank(const char *name, const uint8_t *bytes, size_t count, uint32_t expected, int runs) {
  pare_bank_entry entry = {0}, same;
  uint32_t sum = 0;
  int failed = 0;
  entry.count = 1;
  for (int32_t index = 0; index < entry.count; index++) {
    char closed[256];
    int32_t code = pare_bank_at(bytes, count, index, &entry);
    if (code != PARE_OK) return fail(name, "is no bank", code);
    for (int32_t place = 0; place < entry.name_byte_count; place++) closed[place] = entry.name[place];
    closed[entry.name_byte_count] = 0;
    code = pare_bank_find(bytes, count, closed, &same);
    if (code != PARE_OK || same.bytes != entry.bytes || same.byte_count != entry.byte_count || same.index != index)
      return fail(closed, "is not found", code);
    if (runs)
      failed |= check_model(closed, entry.bytes, entry.byte_count, &sum);
    else
      add_to(&sum, crc32(0, entry.bytes, entry.byte_count));
  }
  if (pare_bank_at(bytes, count, entry.count, &same) != PARE_NOT_FOUND) return fail(name, "has one too many", 0);
  if (pare_bank_find(bytes, count, "?", &same) != PARE_NOT_FOUND) return fail(name, "has what it has not", 0);
  if (runs && expected == 0) return failed;
  return sum == expected ? failed : fail(name, "other results than expected", 0);
}

static int check_damaged_bank(const char *name, const uint8_t *bytes, size_t count, uint32_t expected) {
  pare_bank_entry entry;
  int32_t code = pare_bank_find(bytes, count, "amp", &entry);
  return code == (int32_t)expected ? 0 : fail(name, "another code than expected", code);
}

static uint32_t word(const uint8_t *bytes) {
  return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void print_depth(const char *what, const depths depth) {
  if (depth[0] == 0) return;
  port_print(what);
  port_print(" ");
  print_number((uint32_t)depth[0], 10, 1);
  port_print(" ");
  print_number((uint32_t)depth[1], 10, 1);
  port_print("\n");
}

static void print_count(const char *what, uint32_t count) {
  port_print(what);
  print_number(count, 10, 1);
}

int run(const uint8_t *image) {
  uint32_t counts[KINDS] = {0};
  int failed = 0;
  for (uint32_t kind; (kind = word(image)) != 0;) {
    uint32_t expected = word(image + 4), name_bytes = word(image + 8), count = word(image + 12);
    const char *name = (const char *)image + 16;
    const uint8_t *bytes = image + 16 + ((name_bytes + 15) & ~15u);
    image = bytes + ((count + 15) & ~15u);
    if (kind >= KINDS) return fail(name, "an entry of an unknown kind", (int32_t)kind);
    counts[kind]++;
    if (kind == CONTAINER) failed |= check_container(name, bytes, count, expected);
    if (kind == DAMAGED) failed |= check_damaged(name, bytes, count, expected);
    if (kind == MODELS) failed |= check_bank(name, bytes, count, expected, 1);
    if (kind == BANK) failed |= check_bank(name, bytes, count, expected, 0);
    if (kind == DAMAGED_BANK) failed |= check_damaged_bank(name, bytes, count, expected);
  }
  print_count("containers ", counts[CONTAINER]);
  print_count(", damaged ", counts[DAMAGED]);
  print_count(", banks ", counts[BANK]);
  print_count(", damaged ", counts[DAMAGED_BANK]);
  print_count(", banks of models ", counts[MODELS]);
  port_print(failed ? ": FAILED\n" : ": all as expected\n");
  print_depth("stack pare_open", depth_of_open);
  print_depth("stack pare_decode", depth_of_decode);
  print_depth("stack pare_model_open", depth_of_model);
  print_depth("stack pare_model_step", depth_of_step);
  return failed;
}
