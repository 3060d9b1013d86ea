// Glyphs of 28 x 28 pixels for the digit model, with the steps of src/numink/recognition/glyph.py.

import { glyph as parameters } from "./parameters.js";
import { blurred, enlarged, nearest, picture, shrunkFloat, sum32 } from "./pixels.js";

const f32 = Math.fround;
export const SIDE = parameters.side;
const EDGE_THRESHOLD = f32(parameters.edgeThreshold);
const PEN_THRESHOLD = f32(parameters.penThreshold);
/** Lengths of a straight and of a diagonal step in OpenCV's distance transform (DIST_L2, 3 x 3). */
const [STRAIGHT, DIAGONAL] = [0.955, 1.3693];

/** Returns the glyph of a mask, 0..1, as a Float32Array of 784. */
export function normalise(foreground) {
  const patch = trimmed(softened(foreground));
  return patch ? centred(fitted(widened(reduced(patch)))) : new Float32Array(SIDE * SIDE);
}

/** A coarse black-and-white scan with soft edges, as a pen's are; any other patch unchanged. */
function softened(patch) {
  const { width, height, data } = patch;
  if (Math.max(width, height) >= parameters.greatestScanSide) return patch;
  let [count, grey] = [0, 0];
  for (const value of data) {
    count += value > f32(0.1);
    grey += value > f32(0.1) && value < f32(0.9);
  }
  return grey >= parameters.mostScanGrey * count ? patch : blurred(padded(patch, 3), parameters.scanBlur);
}

function padded(patch, margin) {
  const wide = picture(patch.width + 2 * margin, patch.height + 2 * margin);
  wide.data = new Float32Array(wide.width * wide.height);
  for (let y = 0; y < patch.height; y++) {
    wide.data.set(patch.data.subarray(y * patch.width, (y + 1) * patch.width), (y + margin) * wide.width + margin);
  }
  return wide;
}

/** The patch without empty rows and columns around it; null where all are empty. */
function trimmed({ width, height, data }) {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[y * width + x] <= EDGE_THRESHOLD) continue;
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
  if (longest <= parameters.greatestSide) return patch;
  const small = shrunkFloat(patch, ...scaled(patch, parameters.greatestSide / longest));
  const values = small.data.filter((value) => value > f32(0.02)).sort();
  const peak = f32(Math.max(values.length ? percentile(values, 0.9) : 1, 0.05));
  return picture(small.width, small.height, small.data.map((value) => Math.min(f32(value / peak), 1)));
}

function percentile(ascending, share) {
  const position = share * (ascending.length - 1);
  const low = Math.floor(position);
  const high = Math.min(low + 1, ascending.length - 1);
  return ascending[low] + (ascending[high] - ascending[low]) * (position - low);
}

/** Mean width of the strokes: 4 times the mean distance of their pixels to the edge, less 1. */
function penWidth(patch) {
  const distances = distance(patch).filter((value) => value > 0);
  return distances.length ? Math.max((4 * sum32(distances)) / distances.length - 1, 1) : 0;
}

/** Distance of each foreground pixel to the nearest background pixel, by straight and diagonal steps. */
function distance({ width, height, data }) {
  const [stride, rows] = [width + 2, height + 2];
  const steps = new Float64Array(stride * rows);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) if (data[y * width + x] > PEN_THRESHOLD) steps[(y + 1) * stride + x + 1] = Infinity;
  }
  const pass = (order, sign) => {
    for (const index of order) {
      if (!steps[index]) continue;
      const [before, above] = [index - sign, index - sign * stride];
      steps[index] = Math.min(
        steps[index], steps[before] + STRAIGHT, steps[above] + STRAIGHT,
        steps[above - 1] + DIAGONAL, steps[above + 1] + DIAGONAL,
      );
    }
  };
  const inner = Array.from(steps.keys()).filter((index) => steps[index]);
  pass(inner, 1);
  pass(inner.reverse(), -1);
  return Float32Array.from(steps);
}

/** The patch with a pen at least about `least` pixels wide; it grows into the margin around it. */
export function withPen(patch, least) {
  const missing = least - penWidth(patch);
  return missing < 1 ? patch : dilated(patch, nearest(missing) + 1);
}

/** The patch with a pen of at least `leastPenWidth` pixels of the glyph. */
function widened(patch) {
  const leastWidth = (parameters.leastPenWidth * Math.max(patch.width, patch.height)) / parameters.digitSide;
  if (leastWidth - penWidth(patch) < 1) return patch;
  return trimmed(withPen(padded(patch, Math.ceil(leastWidth)), leastWidth));
}

/** Dilation by an ellipse of `size` x `size` pixels, as OpenCV draws it. */
function dilated(source, size) {
  const { width, height, data } = source;
  const out = picture(width, height, new Float32Array(data.length));
  const spans = ellipse(size);
  const anchor = size >> 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let largest = 0;
      spans.forEach(([from, to], row) => {
        const nearY = y + row - anchor;
        if (nearY < 0 || nearY >= height) return;
        const end = Math.min(x + to - anchor, width);
        for (let nearX = Math.max(x + from - anchor, 0); nearX < end; nearX++) {
          largest = Math.max(largest, data[nearY * width + nearX]);
        }
      });
      out.data[y * width + x] = largest;
    }
  }
  return out;
}

/** First column, and one past the last, of each row of the ellipse. */
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
  const scale = parameters.digitSide / Math.max(patch.width, patch.height);
  const size = scaled(patch, scale);
  const out = scale < 1 ? shrunkFloat(patch, ...size) : enlarged(patch, ...size);
  return picture(out.width, out.height, out.data.map((value) => Math.min(Math.max(value, 0), 1)));
}

/** The patch in a glyph with its centre of mass in the middle, uncropped. */
function centred({ width, height, data }) {
  const mass = sum32(data) || 1;
  let [down, across] = [0, 0];
  for (let y = 0; y < height; y++) down += sum32(data, y * width, width) * y;
  for (let x = 0; x < width; x++) {
    let column = 0;
    for (let y = 0; y < height; y++) column = f32(column + data[y * width + x]);
    across += column * x;
  }
  const offset = (moment, length) => Math.min(Math.max(nearest(SIDE / 2 - 0.5 - moment / mass), 0), SIDE - length);
  const [top, left] = [offset(down, height), offset(across, width)];
  const out = new Float32Array(SIDE * SIDE);
  for (let y = 0; y < height; y++) out.set(data.subarray(y * width, (y + 1) * width), (y + top) * SIDE + left);
  return out;
}
