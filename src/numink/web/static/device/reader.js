// Reads a drawn digit on this device with the steps and the model of `Reader.read(..., single=True)`, using ONNX
// Runtime's build for browsers.

import { normalise, SIDE } from "./glyph.js";
import { findInk } from "./ink.js";
import { mayBeRuled, whole } from "./pieces.js";
import { grey } from "./pixels.js";

const DIGIT_COUNT = 10;
/** Number of alternatives, and their smallest confidence. */
const [MAX_ALTERNATIVES, MIN_CONFIDENCE] = [3, 1e-4];

/** Loads runtime and model. `options`: the addresses runtime, wasm and model; temperature, threshold and doubt. */
export async function openReader(options) {
  const [runtime, model] = await Promise.all([import(options.runtime), fetch(options.model).then(contentOf)]);
  runtime.env.wasm.numThreads = 1;
  runtime.env.wasm.wasmPaths = { wasm: options.wasm };
  const session = await runtime.InferenceSession.create(model);

  async function classify(glyphs) {
    const values = new Float32Array(glyphs.length * SIDE * SIDE);
    glyphs.forEach((glyph, index) => values.set(glyph, index * SIDE * SIDE));
    const input = new runtime.Tensor("float32", values, [glyphs.length, 1, SIDE, SIDE]);
    const outputs = await session.run({ [session.inputNames[0]]: input });
    const logits = outputs[session.outputNames[0]].data;
    return glyphs.map((_, index) => {
      const start = index * (DIGIT_COUNT + 1);
      return softmax(logits.slice(start, start + DIGIT_COUNT + 1), options.temperature);
    });
  }

  /** Reads ImageData: { text, confidence, accepted, alternatives, chances }; null for an empty canvas;
   * { ruled: true } where the drawing runs from edge to edge. */
  return async function read(image) {
    const { ink } = findInk(grey(image));
    if (mayBeRuled(ink)) return { ruled: true };
    const pieces = whole(ink);
    if (!pieces.length) return null;
    const probabilities = await classify(pieces.map((piece) => normalise(piece.ink)));
    return digitOf(probabilities[likeliest(pieces, probabilities)], options);
  };
}

async function contentOf(response) {
  if (!response.ok) throw new Error(`cannot load the model: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

function softmax(logits, temperature) {
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (value) => Math.exp((value - largest) / temperature));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** Index of the component that is most probably a digit; large ones are preferred. */
function likeliest(pieces, probabilities) {
  const sizes = pieces.map((piece) => piece.ink.data.reduce((sum, value) => sum + value, 0));
  const largest = Math.max(...sizes);
  const scores = probabilities.map((row, index) => (1 - row[DIGIT_COUNT]) * Math.sqrt(sizes[index] / largest));
  return scores.indexOf(Math.max(...scores));
}

/** Accepts a digit as acceptance.py does: by the probability of the digit and of its being a digit at all. */
function digitOf(probabilities, { threshold, doubt }) {
  const order = [...Array(DIGIT_COUNT).keys()].sort((a, b) => probabilities[b] - probabilities[a]);
  const [best, ...others] = order.map((digit) => ({ text: String(digit), confidence: probabilities[digit] }));
  const alternatives = others.slice(0, MAX_ALTERNATIVES).filter(({ confidence }) => confidence >= MIN_CONFIDENCE);
  const present = 1 - probabilities[DIGIT_COUNT];
  const accepted = present >= 1 - doubt && best.confidence / present >= threshold;
  return { ...best, accepted, alternatives, chances: probabilities };
}
