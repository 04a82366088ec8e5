// Runs a layer list with RTNeural, loaded at run time: MODEL FRAMES BLOCK RUNS. Prints what `PareBenchmarks inference` prints.
#include "inference_peer.h"
#include <RTNeural/RTNeural.h>

int main(int argc, char **argv) {
  const Arguments arguments(argc, argv);
  std::ifstream stream(arguments.model);
  auto model = RTNeural::json_parser::parseJson<float>(stream, false);
  if (!model) return 1;
  model->reset();
  const int inputs = model->layers[0]->in_size;
  // Inputs as in the other drivers: each number of the signal is given to all inputs.
  alignas(16) float x[64] = {};
  if (inputs > 64) return 1;
  measure(arguments, [&](const std::vector<float> &in, std::vector<float> &out) {
    for (size_t frame = 0; frame < in.size(); frame++) {
      for (int i = 0; i < inputs; i++) x[i] = in[frame];
      out[frame] = model->forward(x);
    }
  });
}
