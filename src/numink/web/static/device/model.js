// Loads a model file into ONNX Runtime's build for browsers.

/** Returns the runtime and a session of the model at the address `model`; `options`: the addresses runtime and wasm. */
export async function openModel(options, model) {
  const [runtime, content] = await Promise.all([import(options.runtime), fetch(model).then(contentOf)]);
  runtime.env.wasm.numThreads = 1;
  runtime.env.wasm.wasmPaths = { wasm: options.wasm };
  return [runtime, await runtime.InferenceSession.create(content)];
}

/** Probabilities of logits at a temperature. */
export function softmax(logits, temperature) {
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (value) => Math.exp((value - largest) / temperature));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

async function contentOf(response) {
  if (!response.ok) throw new Error(`cannot load the model: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
