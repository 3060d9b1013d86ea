// Reads a drawn digit on this device with the steps and the model of `Reader.read(..., single=True)`, using ONNX
// Runtime's build for browsers.

import { binarize } from "./binarization.js";
import { digitCandidates, mayBeRuled } from "./components.js";
import { normalise, SIDE } from "./glyph.js";
import { openModel, softmax } from "./model.js";
import { answer as parameters } from "./parameters.js";
import { grey } from "./pixels.js";

const { digitCount } = parameters;

/** Loads runtime and model. `options`: the addresses runtime, wasm and model; temperature, threshold and doubt. */
export async function openReader(options) {
  const [runtime, session] = await openModel(options, options.model);

  async function classify(glyphs) {
    const values = new Float32Array(glyphs.length * SIDE * SIDE);
    glyphs.forEach((glyph, index) => values.set(glyph, index * SIDE * SIDE));
    const input = new runtime.Tensor("float32", values, [glyphs.length, 1, SIDE, SIDE]);
    const outputs = await session.run({ [session.inputNames[0]]: input });
    const logits = outputs[session.outputNames[0]].data;
    return glyphs.map((_, index) => {
      const start = index * (digitCount + 1);
      return softmax(logits.slice(start, start + digitCount + 1), options.temperature);
    });
  }

  /** Reads ImageData: { text, confidence, accepted, alternatives, chances }; null for an empty canvas;
   * { ruled: true } where the drawing runs from edge to edge. */
  return async function read(image) {
    const { foreground } = binarize(grey(image));
    if (mayBeRuled(foreground)) return { ruled: true };
    const candidates = digitCandidates(foreground);
    if (!candidates.length) return null;
    const probabilities = await classify(candidates.map((candidate) => normalise(candidate.foreground)));
    return digitOf(probabilities[likeliest(candidates, probabilities)], options);
  };
}

/** Index of the candidate that is most probably a digit; large ones are preferred. */
function likeliest(candidates, probabilities) {
  const sizes = candidates.map(({ foreground }) => foreground.data.reduce((sum, value) => sum + value, 0));
  const largest = Math.max(...sizes);
  const scores = probabilities.map((row, index) => (1 - row[digitCount]) * Math.sqrt(sizes[index] / largest));
  return scores.indexOf(Math.max(...scores));
}

/** Accepts a digit as acceptance.py does: by the probability of the digit and of its being a digit at all. */
function digitOf(probabilities, { threshold, doubt }) {
  const order = [...Array(digitCount).keys()].sort((a, b) => probabilities[b] - probabilities[a]);
  const [best, ...others] = order.map((digit) => ({ text: String(digit), confidence: probabilities[digit] }));
  const alternatives = others
    .slice(0, parameters.mostAlternatives)
    .filter(({ confidence }) => confidence >= parameters.leastAlternative);
  const present = 1 - probabilities[digitCount];
  const accepted = present >= 1 - doubt && best.confidence / present >= threshold;
  return { ...best, accepted, alternatives, chances: probabilities };
}
