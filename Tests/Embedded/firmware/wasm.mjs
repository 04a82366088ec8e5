// Runs the program in node: node wasm.mjs MODULE IMAGE
import { readFileSync } from "node:fs";

const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]), {});
const { memory, image_start, image_capacity, run_image, printed_start, printed_size } = instance.exports;
const image = readFileSync(process.argv[3]);
if (image.length > image_capacity()) throw new Error("the image is too large");
new Uint8Array(memory.buffer, image_start(), image.length).set(image);
const status = run_image();
process.stdout.write(Buffer.from(memory.buffer, printed_start(), printed_size()));
process.exitCode = status;
