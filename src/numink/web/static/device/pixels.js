// Pixel operations as OpenCV and numpy do them, to the last bit where that is whole numbers: the browser has to see what
// the server sees. A picture is { width, height, data }, its rows one after the other. Knows nothing of ink or digits.

const f32 = Math.fround;

export function picture(width, height, data = new Uint8Array(width * height)) {
  return { width, height, data };
}

/** To the nearest whole number, halves to the even one, as Python and OpenCV round. */
export function nearest(value) {
  const low = Math.floor(value);
  const rest = value - low;
  if (rest !== 0.5) return rest < 0.5 ? low : low + 1;
  return low % 2 === 0 ? low : low + 1;
}

/** RGBA of a canvas -> grey, as Pillow weighs the colours. */
export function grey({ width, height, data }) {
  const out = picture(width, height);
  for (let at = 0; at < out.data.length; at++) {
    const from = 4 * at;
    out.data[at] = (data[from] * 19595 + data[from + 1] * 38470 + data[from + 2] * 7471 + 0x8000) >> 16;
  }
  return out;
}

/** The means of whole blocks; what is left over at the right and below is left out. */
export function blocks(source, size) {
  if (size === 1) return source;
  const width = Math.max(Math.floor(source.width / size), 1);
  const height = Math.max(Math.floor(source.height / size), 1);
  const out = picture(width, height);
  const share = f32(1 / (size * size));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let dy = 0; dy < size; dy++) {
        const row = (y * size + dy) * source.width + x * size;
        for (let dx = 0; dx < size; dx++) sum += source.data[row + dx];
      }
      out.data[y * width + x] = size === 2 ? (sum + 2) >> 2 : nearest(f32(sum * share));
    }
  }
  return out;
}

/** Where each of `size` pixels lies between two of `from`: the first of them, and the second one's weight. */
function between(from, size, held) {
  const scale = from / size;
  return Array.from({ length: size }, (_, at) => {
    const place = f32((at + 0.5) * scale - 0.5);
    let first = Math.floor(place);
    let weight = f32(place - first);
    if (held && first < 0) [first, weight] = [0, 0];
    if (held && first >= from - 1) [first, weight] = [from - 1, 0];
    const inside = (index) => Math.min(Math.max(index, 0), from - 1);
    return { first: inside(first), second: inside(first + 1), weight };
  });
}

/** Between neighbours, in whole numbers of 2048ths, as OpenCV does it for bytes. */
export function resized(source, width, height) {
  if (width === source.width && height === source.height) return source;
  const columns = inParts(between(source.width, width, true));
  const rows = inParts(between(source.height, height, false));
  const kept = new Map();
  const row = (y) => {
    if (!kept.has(y)) kept.set(y, acrossRow(source.data, y * source.width, columns));
    return kept.get(y);
  };
  const out = picture(width, height);
  for (let y = 0; y < height; y++) {
    const [upper, lower] = [row(rows.first[y]), row(rows.second[y])];
    const [a, b] = [rows.left[y], rows.right[y]];
    for (let x = 0, at = y * width; x < width; x++, at++) {
      out.data[at] = (((a * upper[x]) >> 16) + ((b * lower[x]) >> 16) + 2) >> 2;
    }
  }
  return out;
}

/** Places as four lists: the first and second pixel, and how much each counts. */
function inParts(places) {
  const list = (value) => Int32Array.from(places, value);
  return {
    first: list(({ first }) => first), second: list(({ second }) => second),
    left: list(({ weight }) => nearest(f32(1 - weight) * 2048)), right: list(({ weight }) => nearest(weight * 2048)),
  };
}

function acrossRow(data, start, { first, second, left, right }) {
  const out = new Int32Array(first.length);
  for (let x = 0; x < out.length; x++) out[x] = (data[start + first[x]] * left[x] + data[start + second[x]] * right[x]) >> 4;
  return out;
}

/** For each of `size` pixels the four of `from` around it, and their weights by a cubic (Keys 1981, a = -0.75). */
function around(from, size) {
  const scale = from / size;
  return Array.from({ length: size }, (_, at) => {
    const place = (at + 0.5) * scale - 0.5;
    const first = Math.floor(place);
    const x = place - first;
    const far = (t) => ((-0.75 * t + 3.75) * t - 6) * t + 3;
    const near = (t) => (1.25 * t - 2.25) * t * t + 1;
    const weights = [far(x + 1), near(x), near(1 - x)];
    weights.push(1 - weights[0] - weights[1] - weights[2]);
    return weights.map((weight, tap) => [Math.min(Math.max(first - 1 + tap, 0), from - 1), weight]);
  });
}

/** Floating values made larger, by a cubic. */
export function enlarged(source, width, height) {
  return weighed(source, around(source.width, width), around(source.height, height));
}

/** Floating values under a Gaussian with this standard deviation, in pixels; beyond the edge they are mirrored. */
export function blurred(source, deviation) {
  const reach = Math.round(4 * deviation);
  const bell = Array.from({ length: 2 * reach + 1 }, (_, tap) => Math.exp(-((tap - reach) ** 2) / (2 * deviation ** 2)));
  const sum = bell.reduce((one, other) => one + other);
  const taps = (length) => Array.from({ length }, (_, at) =>
    bell.map((weight, tap) => [length - 1 - Math.abs(length - 1 - Math.abs(at + tap - reach)), weight / sum]));
  return weighed(source, taps(source.width), taps(source.height));
}

/** Each pixel from others by their weights: for each column and each row a list of [index, weight]. */
function weighed(source, columns, rows) {
  const across = new Float32Array(columns.length * source.height);
  const sum = (taps, value) => taps.reduce((before, [index, weight]) => before + value(index) * weight, 0);
  for (let y = 0; y < source.height; y++) {
    columns.forEach((taps, x) => {
      across[y * columns.length + x] = sum(taps, (index) => source.data[y * source.width + index]);
    });
  }
  const out = picture(columns.length, rows.length, new Float32Array(columns.length * rows.length));
  rows.forEach((taps, y) => {
    for (let x = 0; x < columns.length; x++) {
      out.data[y * columns.length + x] = sum(taps, (index) => across[index * columns.length + x]);
    }
  });
  return out;
}

/** For each of `size` pixels the ones of `from` that it covers, and their shares. */
function covered(from, size) {
  const scale = from / size;
  return Array.from({ length: size }, (_, at) => {
    const [start, end] = [at * scale, at * scale + scale];
    const cell = Math.min(scale, from - start);
    const last = Math.min(Math.floor(end), from - 1);
    const first = Math.min(Math.ceil(start), last);
    const shares = [];
    if (first - start > 1e-3) shares.push([first - 1, f32((first - start) / cell)]);
    for (let index = first; index < last; index++) shares.push([index, f32(1 / cell)]);
    if (end - last > 1e-3) shares.push([last, f32(Math.min(Math.min(end - last, 1), cell) / cell)]);
    return shares;
  });
}

/** The means over what each pixel covers: floating values made smaller. */
export function shrunkFloat(source, width, height) {
  const [columns, rows] = [covered(source.width, width), covered(source.height, height)];
  const out = picture(width, height, new Float32Array(width * height));
  rows.forEach((parts, y) => {
    for (const [index, share] of parts) {
      columns.forEach((pieces, x) => {
        let sum = 0;
        for (const [column, weight] of pieces) sum = f32(sum + f32(source.data[index * source.width + column] * weight));
        out.data[y * width + x] = f32(out.data[y * width + x] + f32(sum * share));
      });
    }
  });
  return out;
}

/** Weights 1 2 1 both ways; beyond the edge it is mirrored. */
export function smoothed(source) {
  const { width, height, data } = source;
  const sums = new Int32Array(data.length);
  const out = picture(width, height);
  for (let at = 0; at < data.length; at++) {
    const x = at % width;
    sums[at] = data[x ? at - 1 : at + 1] + 2 * data[at] + data[x < width - 1 ? at + 1 : at - 1];
  }
  for (let at = 0; at < data.length; at++) {
    const above = sums[at >= width ? at - width : at + width];
    const below = sums[at < data.length - width ? at + width : at - width];
    out.data[at] = (above + 2 * sums[at] + below + 8) >> 4;
  }
  return out;
}

/** The greatest of each pixel's `side` neighbours along lines of `length` pixels `step` apart. */
function greatest(data, side, length, step) {
  const reach = side >> 1;
  const out = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at++) {
    const place = Math.floor(at / step) % length;
    const last = at + Math.min(reach, length - 1 - place) * step;
    let best = 0;
    for (let near = at - Math.min(reach, place) * step; near <= last; near += step) if (data[near] > best) best = data[near];
    out[at] = best;
  }
  return out;
}

/** Closing by a square of `side` (odd) pixels: what is darker and narrower than it is gone. */
export function closed({ width, height, data }, side) {
  const grown = (values) => greatest(greatest(values, side, width, 1), side, height, width);
  const opposite = (values) => values.map((value) => 255 - value);
  return picture(width, height, opposite(grown(opposite(grown(data)))));
}

/** The median of each pixel's surroundings, `side` (odd) wide both ways; beyond the edge is what is on it. */
export function median(source, side) {
  const { width, height, data } = source;
  const out = picture(width, height);
  const reach = side >> 1;
  const half = (side * side) >> 1;
  const inside = (at, size) => Math.min(Math.max(at, 0), size - 1);
  for (let y = 0; y < height; y++) {
    const counts = new Int32Array(256);
    const rows = Int32Array.from({ length: side }, (_, dy) => inside(y + dy - reach, height) * width);
    const column = (x, change) => {
      const at = inside(x, width);
      for (let dy = 0; dy < side; dy++) counts[data[rows[dy] + at]] += change;
    };
    for (let x = -reach; x < reach; x++) column(x, 1);
    for (let x = 0; x < width; x++) {
      column(x + reach, 1);
      let [value, below] = [0, counts[0]];
      while (below <= half) below += counts[++value];
      out.data[y * width + x] = value;
      column(x - reach, -1);
    }
  }
  return out;
}

/** The sum of floats in the order in which numpy adds them, so that what is a tie there is one here. */
export function sum32(values, start = 0, count = values.length) {
  if (count < 8) {
    let sum = count ? values[start] : 0;
    for (let at = 1; at < count; at++) sum = f32(sum + values[start + at]);
    return sum;
  }
  if (count > 128) {
    const half = (count >> 1) - ((count >> 1) % 8);
    return f32(sum32(values, start, half) + sum32(values, start + half, count - half));
  }
  const lanes = Array.from(values.subarray(start, start + 8));
  let at = 8;
  for (; at < count - (count % 8); at += 8) for (let k = 0; k < 8; k++) lanes[k] = f32(lanes[k] + values[start + at + k]);
  const pair = (a, b) => f32(lanes[a] + lanes[b]);
  let sum = f32(f32(pair(0, 1) + pair(2, 3)) + f32(pair(4, 5) + pair(6, 7)));
  for (; at < count; at++) sum = f32(sum + values[start + at]);
  return sum;
}
