// One drawn digit, read on this device: the same steps and the same network as the server's way for pictures that hold
// exactly one digit (`Reader.read(..., single=True)`), with ONNX Runtime's build for browsers.

import { normalise, SIDE } from "./glyph.js";
import { findInk } from "./ink.js";
import { mayBeRuled, whole } from "./pieces.js";
import { grey } from "./pixels.js";

const DIGITS = 10;
const [SHOWN, LEAST] = [3, 1e-4];

/** `kept` tells addresses and numbers: runtime, wasm, model, temperature, threshold, doubt. Loads all of them at once. */
export async function openReader(kept) {
  const [runtime, model] = await Promise.all([import(kept.runtime), fetch(kept.model).then(content)]);
  runtime.env.wasm.numThreads = 1;
  runtime.env.wasm.wasmPaths = { wasm: kept.wasm };
  const session = await runtime.InferenceSession.create(model);

  async function classify(glyphs) {
    const values = new Float32Array(glyphs.length * SIDE * SIDE);
    glyphs.forEach((glyph, at) => values.set(glyph, at * SIDE * SIDE));
    const input = new runtime.Tensor("float32", values, [glyphs.length, 1, SIDE, SIDE]);
    const answer = await session.run({ [session.inputNames[0]]: input });
    const logits = answer[session.outputNames[0]].data;
    return glyphs.map((_, at) => softmax(logits.slice(at * (DIGITS + 1), (at + 1) * (DIGITS + 1)), kept.temperature));
  }

  /** ImageData of a canvas -> { text, confidence, accepted, alternatives, chances }; null where there is no ink;
   * { ruled: true } where ink runs from edge to edge. */
  return async function read(image) {
    const { ink } = findInk(grey(image));
    if (mayBeRuled(ink)) return { ruled: true };
    const pieces = whole(ink);
    if (!pieces.length) return null;
    const chances = await classify(pieces.map((piece) => normalise(piece.ink)));
    return digitOf(chances[likeliest(pieces, chances)], kept);
  };
}

async function content(response) {
  if (!response.ok) throw new Error(`the model did not come: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

function softmax(logits, temperature) {
  const most = Math.max(...logits);
  const powers = Array.from(logits, (value) => Math.exp((value - most) / temperature));
  const sum = powers.reduce((one, other) => one + other, 0);
  return powers.map((power) => power / sum);
}

/** Which piece is most surely a digit, large ones before small ones. */
function likeliest(pieces, chances) {
  const ink = pieces.map((piece) => piece.ink.data.reduce((sum, value) => sum + value, 0));
  const most = Math.max(...ink);
  const worth = chances.map((one, at) => (1 - one[DIGITS]) * Math.sqrt(ink[at] / most));
  return worth.indexOf(Math.max(...worth));
}

/** Accepted is as in acceptance.py: sure which digit it is, and hardly a doubt that it is one. */
function digitOf(chances, { threshold, doubt }) {
  const order = [...Array(DIGITS).keys()].sort((a, b) => chances[b] - chances[a]);
  const [best, ...others] = order.map((digit) => ({ text: String(digit), confidence: chances[digit] }));
  const alternatives = others.slice(0, SHOWN).filter(({ confidence }) => confidence >= LEAST);
  const present = 1 - chances[DIGITS];
  const accepted = present >= 1 - doubt && best.confidence / present >= threshold;
  return { ...best, accepted, alternatives, chances };
}
