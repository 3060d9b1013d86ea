// A piece of ink -> the glyph of 28 x 28 that the network knows, as src/numink/glyph.py has it.

import { blurred, enlarged, nearest, picture, shrunkFloat, sum32 } from "./pixels.js";

export const SIDE = 28;
const [INNER, THIN, LARGEST] = [20, 1.6, 160];
const [HARD, COARSE, SOFTENED] = [0.02, 80, 0.8];
const [EDGE, INK] = [Math.fround(0.2), Math.fround(0.5)];
const [STRAIGHT, DIAGONAL] = [0.955, 1.3693];
const f32 = Math.fround;

/** Ink float 0..1 -> Float32Array of 784. */
export function normalise(ink) {
  const patch = trimmed(softened(ink));
  return patch ? centred(fitted(widened(reduced(patch)))) : new Float32Array(SIDE * SIDE);
}

/** A coarse patch in black and white with soft edges, as a pen's are; any other as it is. */
function softened(patch) {
  const { width, height, data } = patch;
  if (Math.max(width, height) >= COARSE) return patch;
  let [inked, between] = [0, 0];
  for (const value of data) {
    inked += value > f32(0.1);
    between += value > f32(0.1) && value < f32(0.9);
  }
  return between >= HARD * inked ? patch : blurred(roomy(patch, 3), SOFTENED);
}

/** The same with `room` pixels of paper around it. */
function roomy(patch, room) {
  const wide = picture(patch.width + 2 * room, patch.height + 2 * room);
  wide.data = new Float32Array(wide.width * wide.height);
  for (let y = 0; y < patch.height; y++) {
    wide.data.set(patch.data.subarray(y * patch.width, (y + 1) * patch.width), (y + room) * wide.width + room);
  }
  return wide;
}

/** Without the rows and columns around it that have no ink; null where none has. */
function trimmed({ width, height, data }) {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[y * width + x] <= EDGE) continue;
      [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
    }
  }
  return right < 0 ? null : cut({ width, data }, left, top, right + 1 - left, bottom + 1 - top);
}

function cut(source, left, top, width, height) {
  const out = picture(width, height, new Float32Array(width * height));
  for (let y = 0; y < height; y++) {
    const start = (y + top) * source.width + left;
    out.data.set(source.data.subarray(start, start + width), y * width);
  }
  return out;
}

function scaled(patch, scale) {
  return [patch.width, patch.height].map((length) => Math.max(nearest(length * scale), 1));
}

function reduced(patch) {
  const longest = Math.max(patch.width, patch.height);
  if (longest <= LARGEST) return patch;
  const small = shrunkFloat(patch, ...scaled(patch, LARGEST / longest));
  const inked = small.data.filter((value) => value > f32(0.02)).sort();
  const peak = f32(Math.max(inked.length ? percentile(inked, 0.9) : 1, 0.05));
  return picture(small.width, small.height, small.data.map((value) => Math.min(f32(value / peak), 1)));
}

function percentile(sorted, share) {
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (place - low);
}

/** The mean width of the strokes: 4 times the mean distance of their pixels to the edge, less 1. */
function penWidth(patch) {
  const distances = distance(patch).filter((value) => value > 0);
  return distances.length ? Math.max((4 * sum32(distances)) / distances.length - 1, 1) : 0;
}

/** How far each inked pixel is from the nearest without ink, in steps straight and diagonal. */
function distance({ width, height, data }) {
  const [stride, rows] = [width + 2, height + 2];
  const steps = new Float64Array(stride * rows);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) if (data[y * width + x] > INK) steps[(y + 1) * stride + x + 1] = Infinity;
  }
  const pass = (order, sign) => {
    for (const at of order) {
      if (!steps[at]) continue;
      const [before, above] = [at - sign, at - sign * stride];
      steps[at] = Math.min(
        steps[at], steps[before] + STRAIGHT, steps[above] + STRAIGHT, steps[above - 1] + DIAGONAL, steps[above + 1] + DIAGONAL,
      );
    }
  };
  const inner = Array.from(steps.keys()).filter((at) => steps[at]);
  pass(inner, 1);
  pass(inner.reverse(), -1);
  return Float32Array.from(steps);
}

/** With a pen at least THIN pixels of the glyph wide. */
function widened(patch) {
  const least = (THIN * Math.max(patch.width, patch.height)) / INNER;
  if (least - penWidth(patch) < 1) return patch;
  const wide = roomy(patch, Math.ceil(least));
  const missing = least - penWidth(wide);
  return trimmed(missing < 1 ? wide : dilated(wide, nearest(missing) + 1));
}

/** The greatest within an ellipse of `size` pixels both ways, as OpenCV draws it. */
function dilated(source, size) {
  const { width, height, data } = source;
  const out = picture(width, height, new Float32Array(data.length));
  const spans = ellipse(size);
  const anchor = size >> 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let best = 0;
      spans.forEach(([from, to], row) => {
        const at = y + row - anchor;
        if (at < 0 || at >= height) return;
        const last = Math.min(x + to - anchor, width);
        for (let near = Math.max(x + from - anchor, 0); near < last; near++) best = Math.max(best, data[at * width + near]);
      });
      out.data[y * width + x] = best;
    }
  }
  return out;
}

/** For each row of the ellipse where it begins and ends. */
function ellipse(size) {
  const radius = size >> 1;
  return Array.from({ length: size }, (_, row) => {
    const dy = row - radius;
    if (Math.abs(dy) > radius) return [0, 0];
    const reach = radius ? nearest(Math.sqrt(radius * radius - dy * dy)) : 0;
    return [Math.max(radius - reach, 0), Math.min(radius + reach + 1, size)];
  });
}

function fitted(patch) {
  const scale = INNER / Math.max(patch.width, patch.height);
  const size = scaled(patch, scale);
  const out = scale < 1 ? shrunkFloat(patch, ...size) : enlarged(patch, ...size);
  return picture(out.width, out.height, out.data.map((value) => Math.min(Math.max(value, 0), 1)));
}

/** On a sheet of 28 x 28 with the centre of mass in the middle, nothing cut off. */
function centred({ width, height, data }) {
  const mass = sum32(data) || 1;
  let [down, across] = [0, 0];
  for (let y = 0; y < height; y++) down += sum32(data, y * width, width) * y;
  for (let x = 0; x < width; x++) {
    let column = 0;
    for (let y = 0; y < height; y++) column = f32(column + data[y * width + x]);
    across += column * x;
  }
  const place = (middle, length) => Math.min(Math.max(nearest(SIDE / 2 - 0.5 - middle / mass), 0), SIDE - length);
  const [top, left] = [place(down, height), place(across, width)];
  const out = new Float32Array(SIDE * SIDE);
  for (let y = 0; y < height; y++) out.set(data.subarray(y * width, (y + 1) * width), (y + top) * SIDE + left);
  return out;
}
