// Binarization of a grey picture, with the steps of src/numink/imaging/binarization.py, which explains them.

import { labelledComponents } from "./components.js";
import { binarization as parameters } from "./parameters.js";
import { blocks, closed, median, nearest, picture, resized, smoothed } from "./pixels.js";

const FULL_CONTRAST = 255;

/** Contrast by the paper's brightness (high byte) and how much darker a pixel is (low byte). */
const CONTRASTS = Uint8Array.from({ length: 1 << 16 }, (_, index) => {
  const [darker, paper] = [index & 255, Math.max(index >> 8, parameters.darkestPaper)];
  return Math.min(nearest(Math.fround((darker * FULL_CONTRAST) / paper)), FULL_CONTRAST);
});

/** Returns { foreground, scale }: a mask, 0..1, of the picture reduced by `scale`; all 0 without contrast. */
export function binarize(grey) {
  const longest = Math.max(grey.width, grey.height);
  const { searchSide, workingSquare, minWorkingSide, maxWorkingSide, maxFineSide } = parameters;
  const [searchCopy, searchScale] = shrunk(longest < 2 * searchSide ? smooth(grey) : grey, searchSide);
  const [square, strongest, isLight] = search(withoutEdges(searchCopy));
  if (square === 0) {
    const { width, height, data } = searchCopy;
    return { foreground: picture(width, height, new Float32Array(data.length)), scale: searchScale };
  }
  const wantedSide = (longest * workingSquare) / (square / searchScale);
  let side = nearest(Math.min(Math.max(wantedSide, minWorkingSide), maxWorkingSide));
  if (side < Math.min(longest, maxFineSide)) side = Math.max(side, sideForFineStrokes(grey, strongest, isLight));
  const [reduced, scale] = shrunk(grey, side);
  const working = smooth(reduced);
  const surface = isLight ? inverted(working) : working;
  return { foreground: foregroundOf(contrastOf(surface, odd((square * scale) / searchScale))), scale };
}

function shrunk(grey, side) {
  const longest = Math.max(grey.width, grey.height);
  const scale = Math.min(1, side / longest);
  if (scale === 1) return [grey, scale];
  const reduced = blocks(grey, Math.floor(1 / scale));
  const reducedLongest = Math.max(reduced.width, reduced.height);
  const size = (length) => Math.max(nearest((length * side) / reducedLongest), 1);
  return [resized(reduced, size(reduced.width), size(reduced.height)), scale];
}

function smooth(grey) {
  return Math.min(grey.width, grey.height) <= parameters.minSmoothedSide ? grey : smoothed(grey);
}

function inverted(grey) {
  return picture(grey.width, grey.height, grey.data.map((value) => 255 - value));
}

function withoutEdges(grey) {
  const margin = nearest(parameters.edgeMargin * Math.min(grey.width, grey.height));
  const out = picture(grey.width - 2 * margin, grey.height - 2 * margin);
  for (let y = 0; y < out.height; y++) {
    const start = (y + margin) * grey.width + margin;
    out.data.set(grey.data.subarray(start, start + out.width), y * out.width);
  }
  return out;
}

function odd(size) {
  return Math.max(nearest(size), 3) | 1;
}

/** Returns the side of the closing square, the strongest contrast and whether the pen is light; side 0 without any. */
function search(grey) {
  const background = median(grey, odd(parameters.backgroundShare * Math.min(grey.width, grey.height)));
  let [best, bestDistance] = [[0, 0, false], 0];
  for (const isLight of [false, true]) {
    const { square, contrast, strongest } = smallestSufficientSquare(isLight ? inverted(grey) : grey);
    if (strongest < parameters.minContrast) continue;
    let [sum, count] = [0, 0];
    contrast.data.forEach((value, index) => {
      if (value <= parameters.present * strongest * FULL_CONTRAST) return;
      sum += grey.data[index] - background.data[index];
      count += 1;
    });
    const distance = (sum / count) * (isLight ? 1 : -1);
    if (distance > bestDistance) [best, bestDistance] = [[square, strongest, isLight], distance];
  }
  return best;
}

/** Working side at which fine strokes keep the width that they need; 0 where there are none. */
function sideForFineStrokes(grey, strongest, isLight) {
  const { maxFineSide, fineSquare, fineStrength, fineStroke, finePresent } = parameters;
  const fine = smooth(shrunk(grey, maxFineSide)[0]);
  const contrast = contrastOf(isLight ? inverted(fine) : fine, fineSquare);
  const ownStrongest = strongestOf(histogram(contrast));
  if (ownStrongest < fineStrength * strongest) return 0;
  const threshold = finePresent * ownStrongest * FULL_CONTRAST;
  const width = strokeWidth(picture(fine.width, fine.height, contrast.data.map((value) => Number(value > threshold))));
  return width ? Math.min(nearest((Math.max(fine.width, fine.height) * fineStroke) / width), maxFineSide) : 0;
}

/** Mean width in pixels of the strokes of a mask, 0 or 1, without specks; 0 where they are too few. */
function strokeWidth(mask) {
  const { labels, boxes } = labelledComponents(mask);
  const counted = new Set(boxes.filter(({ height }) => height >= parameters.fineLeastHeight).map(({ label }) => label));
  if (counted.size < parameters.fineLeastCount) return 0;
  const strokes = Uint8Array.from(labels, (label) => Number(counted.has(label)));
  let [across, along] = [0, 0];
  for (let index = 0; index < strokes.length; index++) {
    if ((index + 1) % mask.width && strokes[index] !== strokes[index + 1]) across += 1;
    if (index + mask.width < strokes.length && strokes[index] !== strokes[index + mask.width]) along += 1;
  }
  return (2 * total(strokes)) / Math.max(Math.hypot(across, along), 1);
}

function smallestSufficientSquare(surface) {
  let squares = parameters.squares.filter((side) => side < 0.75 * Math.min(surface.width, surface.height));
  if (!squares.length) squares = [3];
  const longest = Math.max(surface.width, surface.height);
  const factors = squares.map(reductionFor);
  const copies = new Map();
  for (const factor of factors) {
    if (!copies.has(factor)) copies.set(factor, shrunk(surface, Math.floor(longest / factor))[0]);
  }
  const histograms = squares.map((side, index) =>
    histogram(contrastOf(copies.get(factors[index]), odd(side / factors[index]))),
  );
  const strengths = histograms.map(strongestOf);
  const strongest = Math.max(...strengths);
  const threshold = Math.floor(parameters.present * strongest * FULL_CONTRAST) + 1;
  const areas = histograms.map((counts, index) => total(counts.subarray(threshold)) * factors[index] ** 2);
  let chosen = squares.at(-1);
  for (let index = 0; index < squares.length - 1; index++) {
    const isStrong = strengths[index] > parameters.strong * strongest;
    if (areas[index] && isStrong && areas[index + 1] < parameters.growth * areas[index] + 5) {
      chosen = squares[index + 1];
      break;
    }
  }
  return { square: chosen, contrast: contrastOf(surface, chosen), strongest };
}

function reductionFor(side) {
  return Math.max(Math.floor(side / parameters.maxSquare), 1);
}

function total(counts) {
  return counts.reduce((sum, count) => sum + count, 0);
}

function histogram(contrast) {
  const counts = new Int32Array(FULL_CONTRAST + 1);
  for (const value of contrast.data) counts[value] += 1;
  return counts;
}

/** Mean contrast, 0..1, of the strongest thousandth of the pixels, at least 12 of them. */
function strongestOf(counts) {
  const pixels = total(counts);
  const wanted = Math.min(Math.max(Math.floor(pixels / 1000), 12), pixels);
  let [left, sum] = [wanted, 0];
  for (let value = FULL_CONTRAST; left > 0; value--) {
    const taken = Math.min(counts[value], left);
    sum += taken * value;
    left -= taken;
  }
  return sum / wanted / FULL_CONTRAST;
}

function contrastOf(surface, side) {
  const paper = paperOf(surface, side);
  const out = picture(surface.width, surface.height);
  for (let index = 0; index < out.data.length; index++) {
    const darker = paper.data[index] - surface.data[index];
    if (darker > 0) out.data[index] = CONTRASTS[(paper.data[index] << 8) | darker];
  }
  return out;
}

function paperOf(surface, side) {
  const factor = reductionFor(side);
  if (factor === 1) return closed(surface, side);
  const fine = resized(closed(blocks(surface, factor), odd(side / factor)), surface.width, surface.height);
  const out = picture(surface.width, surface.height);
  for (let index = 0; index < out.data.length; index++) {
    out.data[index] = Math.max(fine.data[index], surface.data[index]);
  }
  return out;
}

/** Contrast as a mask: 0 at the grain of the paper, 1 at the body of a stroke. */
function foregroundOf(contrast) {
  const counts = histogram(contrast);
  const strongest = strongestOf(counts);
  const out = picture(contrast.width, contrast.height, new Float32Array(contrast.data.length));
  if (strongest < parameters.minContrast) return out;
  const paper = counts.subarray(0, Math.max(Math.floor(parameters.present * strongest * FULL_CONTRAST), 1));
  const wanted = 0.95 * total(paper);
  let [grain, sum] = [0, paper[0]];
  while (sum < wanted) sum += paper[++grain];
  const low = Math.max(0.15 * strongest, Math.min(grain / FULL_CONTRAST, 0.3 * strongest));
  const high = 0.6 * strongest;
  const levels = Float32Array.from({ length: FULL_CONTRAST + 1 }, (_, value) =>
    Math.min(Math.max((value / FULL_CONTRAST - low) / (high - low), 0), 1),
  );
  for (let index = 0; index < out.data.length; index++) out.data[index] = levels[contrast.data[index]];
  return out;
}
