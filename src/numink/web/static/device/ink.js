// Grey picture -> ink, as src/numink/ink.py has it: what is said there of each step and number holds here.

import { blocks, closed, median, nearest, picture, resized, smoothed } from "./pixels.js";

const FULL = 255;
const [WORKING_SIDE, LEAST_SIDE, WORKING_SQUARE, SEARCH_SIDE] = [1280, 480, 37, 192];
const SQUARES = [3, 5, 7, 11, 17, 25, 37, 55, 81, 121, 181];
const [STRONG, PRESENT, GROWS] = [0.7, 0.35, 1.2];
const [ABOUT, COARSE, FAINTEST, DARKEST_PAPER] = [0.5, 12, 0.07, 60];

/** By the paper's brightness and how much darker a pixel is: that in parts of the first. */
const CONTRASTS = Uint8Array.from({ length: 1 << 16 }, (_, at) =>
  Math.min(nearest(Math.fround(((at & 255) * FULL) / Math.max(at >> 8, DARKEST_PAPER))), FULL),
);

/** { ink, scale }: ink float 0..1 of the picture made smaller by `scale`; all 0 where there is no contrast. */
export function findInk(grey) {
  const longest = Math.max(grey.width, grey.height);
  const [small, smaller] = shrunk(longest < 2 * SEARCH_SIDE ? smooth(grey) : grey, SEARCH_SIDE);
  const [square, light] = search(inside(small));
  if (square === 0) {
    return { ink: picture(small.width, small.height, new Float32Array(small.data.length)), scale: smaller };
  }
  const side = Math.min(Math.max((longest * WORKING_SQUARE) / (square / smaller), LEAST_SIDE), WORKING_SIDE);
  const [reduced, scale] = shrunk(grey, nearest(side));
  const working = smooth(reduced);
  const surface = light ? inverted(working) : working;
  return { ink: asInk(contrastOf(surface, odd((square * scale) / smaller))), scale };
}

function shrunk(grey, side) {
  const longest = Math.max(grey.width, grey.height);
  const scale = Math.min(1, side / longest);
  if (scale === 1) return [grey, scale];
  const reduced = blocks(grey, Math.floor(1 / scale));
  const now = Math.max(reduced.width, reduced.height);
  const size = (length) => Math.max(nearest((length * side) / now), 1);
  return [resized(reduced, size(reduced.width), size(reduced.height)), scale];
}

function smooth(grey) {
  return Math.min(grey.width, grey.height) <= 150 ? grey : smoothed(grey);
}

function inverted(grey) {
  return picture(grey.width, grey.height, grey.data.map((value) => 255 - value));
}

function inside(grey) {
  const margin = nearest(0.02 * Math.min(grey.width, grey.height));
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

function search(small) {
  const middle = median(small, odd(ABOUT * Math.min(small.width, small.height)));
  let [best, bestDistance, bestLight] = [0, 0, false];
  for (const light of [false, true]) {
    const { square, contrast, top } = wideEnough(light ? inverted(small) : small);
    if (top < FAINTEST) continue;
    let [sum, count] = [0, 0];
    contrast.data.forEach((value, at) => {
      if (value <= PRESENT * top * FULL) return;
      sum += small.data[at] - middle.data[at];
      count += 1;
    });
    const distance = (sum / count) * (light ? 1 : -1);
    if (distance > bestDistance) [best, bestDistance, bestLight] = [square, distance, light];
  }
  return [best, bestLight];
}

function wideEnough(surface) {
  let squares = SQUARES.filter((side) => side < 0.75 * Math.min(surface.width, surface.height));
  if (!squares.length) squares = [3];
  const longest = Math.max(surface.width, surface.height);
  const factors = squares.map((side) => Math.max(Math.floor(side / COARSE), 1));
  const coarser = new Map();
  for (const factor of factors) {
    if (!coarser.has(factor)) coarser.set(factor, shrunk(surface, Math.floor(longest / factor))[0]);
  }
  const counts = squares.map((side, at) => histogram(contrastOf(coarser.get(factors[at]), odd(side / factors[at]))));
  const tops = counts.map(topOf);
  const top = Math.max(...tops);
  const from = Math.floor(PRESENT * top * FULL) + 1;
  const areas = counts.map((count, at) => total(count.subarray(from)) * factors[at] ** 2);
  let chosen = squares.at(-1);
  for (let at = 0; at < squares.length - 1; at++) {
    if (areas[at] && tops[at] > STRONG * top && areas[at + 1] < GROWS * areas[at] + 5) {
      chosen = squares[at + 1];
      break;
    }
  }
  return { square: chosen, contrast: contrastOf(surface, chosen), top };
}

function total(counts) {
  return counts.reduce((sum, count) => sum + count, 0);
}

function histogram(contrast) {
  const counts = new Int32Array(FULL + 1);
  for (const value of contrast.data) counts[value] += 1;
  return counts;
}

function topOf(counts) {
  const all = total(counts);
  const wanted = Math.min(Math.max(Math.floor(all / 1000), 12), all);
  let [left, sum] = [wanted, 0];
  for (let value = FULL; left > 0; value--) {
    const taken = Math.min(counts[value], left);
    sum += taken * value;
    left -= taken;
  }
  return sum / wanted / FULL;
}

function contrastOf(surface, side) {
  const paper = paperOf(surface, side);
  const out = picture(surface.width, surface.height);
  for (let at = 0; at < out.data.length; at++) {
    const darker = paper.data[at] - surface.data[at];
    if (darker > 0) out.data[at] = CONTRASTS[(paper.data[at] << 8) | darker];
  }
  return out;
}

function paperOf(surface, side) {
  const factor = Math.max(Math.floor(side / COARSE), 1);
  if (factor === 1) return closed(surface, side);
  const fine = resized(closed(blocks(surface, factor), odd(side / factor)), surface.width, surface.height);
  const out = picture(surface.width, surface.height);
  for (let at = 0; at < out.data.length; at++) out.data[at] = Math.max(fine.data[at], surface.data[at]);
  return out;
}

function asInk(contrast) {
  const counts = histogram(contrast);
  const top = topOf(counts);
  const out = picture(contrast.width, contrast.height, new Float32Array(contrast.data.length));
  if (top < FAINTEST) return out;
  const quiet = counts.subarray(0, Math.max(Math.floor(PRESENT * top * FULL), 1));
  const wanted = 0.95 * total(quiet);
  let [grain, sum] = [0, quiet[0]];
  while (sum < wanted) sum += quiet[++grain];
  const low = Math.max(0.15 * top, Math.min(grain / FULL, 0.3 * top));
  const high = 0.6 * top;
  const levels = Float32Array.from({ length: FULL + 1 }, (_, value) =>
    Math.min(Math.max((value / FULL - low) / (high - low), 0), 1),
  );
  for (let at = 0; at < out.data.length; at++) out.data[at] = levels[contrast.data[at]];
  return out;
}
