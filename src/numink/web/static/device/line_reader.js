// Reads a drawn number on this device, digits and signs, with the line model and the steps of ctc.py. The server looks
// at more: its second model, its acceptance, and several lines.

import { binarize } from "./binarization.js";
import { componentsOf, mayBeRuled } from "./components.js";
import { openModel, softmax } from "./model.js";
import { ctc as parameters, lineImage } from "./parameters.js";
import { grey } from "./pixels.js";
import { lineImages } from "./text_line.js";

const CHARACTERS = [...parameters.characters];

/** Loads the line model. `options`: the addresses runtime, wasm and lines; temperatures and weights of its networks. */
export async function openLineReader(options) {
  const [runtime, session] = await openModel(options, options.lines);

  /** Probabilities of the characters and the blank, by network and frame. */
  async function classify(image) {
    const width = Math.ceil(image.width / lineImage.frameWidth) * lineImage.frameWidth;
    const values = new Float32Array(width * image.height);
    for (let y = 0; y < image.height; y++) {
      values.set(image.data.subarray(y * image.width, (y + 1) * image.width), y * width);
    }
    const input = new runtime.Tensor("float32", values, [1, 1, image.height, width]);
    const output = (await session.run({ [session.inputNames[0]]: input }))[session.outputNames[0]];
    const [, networks, frames, columns] = output.dims;
    return Array.from({ length: networks }, (_, network) =>
      Array.from({ length: frames }, (_, frame) => {
        const start = (network * frames + frame) * columns;
        return softmax(output.data.subarray(start, start + columns - 1), options.temperatures[network]);
      }),
    );
  }

  /** Reads ImageData: { text, confidence } of one line; null where there is no number; { ruled: true } as a digit. */
  return async function read(image) {
    const { foreground } = binarize(grey(image));
    if (mayBeRuled(foreground)) return { ruled: true };
    const components = componentsOf(foreground);
    if (!components.length) return null;
    const numbers = [];
    for (const line of lineImages(components)) {
      const strings = merged((await classify(line)).map(beamSearch), options.weights);
      const [[text, confidence]] = [...strings].sort((a, b) => b[1] - a[1]);
      if (/[0-9]/.test(text)) numbers.push({ text: text.replaceAll(parameters.otherMark, "?"), confidence });
    }
    if (!numbers.length) return null;
    return {
      text: numbers.map(({ text }) => text).join(" "),
      confidence: numbers.reduce((product, number) => product * number.confidence, 1),
    };
  };
}

/** Prefix beam search (Hannun et al. 2014): the likeliest strings with their probabilities. */
export function beamSearch(frames) {
  let beam = new Map([["", [0, 1]]]); // probabilities of paths that end with the last character, and with a blank
  for (const frame of frames) {
    const blank = frame.at(-1);
    const likely = CHARACTERS.slice(0, frame.length - 1)
      .map((character, column) => [character, frame[column]])
      .filter(([, probability]) => probability >= parameters.leastProbability);
    const extended = new Map();
    const at = (prefix) => {
      if (!extended.has(prefix)) extended.set(prefix, [0, 0]);
      return extended.get(prefix);
    };
    for (const [prefix, [characterLast, blankLast]] of beam) {
      at(prefix)[1] += (characterLast + blankLast) * blank;
      for (const [character, probability] of likely) {
        const repeats = prefix.endsWith(character);
        if (repeats) at(prefix)[0] += characterLast * probability;
        at(prefix + character)[0] += (repeats ? blankLast : characterLast + blankLast) * probability;
      }
    }
    const best = [...extended].sort(([, a], [, b]) => b[0] + b[1] - a[0] - a[1]);
    beam = new Map(best.slice(0, parameters.beamWidth));
  }
  return new Map([...beam].map(([prefix, [characterLast, blankLast]]) => [prefix, characterLast + blankLast]));
}

/** Strings of all networks with their weighted probabilities. */
function merged(byNetwork, weights) {
  const strings = new Map();
  byNetwork.forEach((network, index) => {
    for (const [text, probability] of network) {
      strings.set(text, (strings.get(text) ?? 0) + weights[index] * probability);
    }
  });
  return strings;
}
