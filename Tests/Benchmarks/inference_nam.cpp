// Runs a model with NAM core: MODEL FRAMES BLOCK RUNS. Prints what `PareBenchmarks inference` prints.
#include "inference_peer.h"
#include "NAM/activations.h"
#include "NAM/dsp.h"
#include "NAM/get_dsp.h"
#include <filesystem>

int main(int argc, char **argv) {
  const Arguments arguments(argc, argv);
  // As its own benchmark does: an approximation that is faster than libm's.
  nam::activations::Activation::enable_fast_tanh();
  auto model = nam::get_dsp(std::filesystem::path(arguments.model));
  if (!model) return 1;
  model->Reset(48000, (int)arguments.block);
  std::vector<NAM_SAMPLE> x(arguments.block), y(arguments.block);
  NAM_SAMPLE *inputs[1] = {x.data()}, *outputs[1] = {y.data()};
  measure(arguments, [&](const std::vector<float> &in, std::vector<float> &out) {
    for (size_t frame = 0; frame < in.size(); frame += arguments.block) {
      const size_t count = std::min(arguments.block, in.size() - frame);
      for (size_t i = 0; i < count; i++) x[i] = in[frame + i];
      model->process(inputs, outputs, (int)count);
      for (size_t i = 0; i < count; i++) out[frame + i] = (float)y[i];
    }
  });
}
