// Pixel operations with the results of OpenCV and NumPy, to the last bit for whole numbers, so that the browser reads
// what the server reads. A picture is { width, height, data }, row by row.

const f32 = Math.fround;

export function picture(width, height, data = new Uint8Array(width * height)) {
  return { width, height, data };
}

/** Rounds to the nearest whole number, halves to the even one, as Python and OpenCV do. */
export function nearest(value) {
  const low = Math.floor(value);
  const rest = value - low;
  if (rest !== 0.5) return rest < 0.5 ? low : low + 1;
  return low % 2 === 0 ? low : low + 1;
}

/** Converts the RGBA of a canvas to grey with Pillow's weights. */
export function grey({ width, height, data }) {
  const out = picture(width, height);
  for (let index = 0; index < out.data.length; index++) {
    const from = 4 * index;
    out.data[index] = (data[from] * 19595 + data[from + 1] * 38470 + data[from + 2] * 7471 + 0x8000) >> 16;
  }
  return out;
}

/** Means of whole blocks; the remainder at the right and at the bottom is dropped. */
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

/** For each of `size` pixels the two of `from` around it, and the second one's weight. */
function neighbours(from, size, clamped) {
  const scale = from / size;
  return Array.from({ length: size }, (_, index) => {
    const position = f32((index + 0.5) * scale - 0.5);
    let first = Math.floor(position);
    let weight = f32(position - first);
    if (clamped && first < 0) [first, weight] = [0, 0];
    if (clamped && first >= from - 1) [first, weight] = [from - 1, 0];
    const inside = (source) => Math.min(Math.max(source, 0), from - 1);
    return { first: inside(first), second: inside(first + 1), weight };
  });
}

/** Bilinear interpolation of bytes in 2048ths, as OpenCV does it. */
export function resized(source, width, height) {
  if (width === source.width && height === source.height) return source;
  const columns = fixedPoint(neighbours(source.width, width, true));
  const rows = fixedPoint(neighbours(source.height, height, false));
  const cache = new Map();
  const row = (y) => {
    if (!cache.has(y)) cache.set(y, resizedRow(source.data, y * source.width, columns));
    return cache.get(y);
  };
  const out = picture(width, height);
  for (let y = 0; y < height; y++) {
    const [upper, lower] = [row(rows.first[y]), row(rows.second[y])];
    const [a, b] = [rows.left[y], rows.right[y]];
    for (let x = 0, index = y * width; x < width; x++, index++) {
      out.data[index] = (((a * upper[x]) >> 16) + ((b * lower[x]) >> 16) + 2) >> 2;
    }
  }
  return out;
}

/** Neighbours as four lists: the first and second pixel, and the weight of each. */
function fixedPoint(pairs) {
  const list = (value) => Int32Array.from(pairs, value);
  return {
    first: list(({ first }) => first), second: list(({ second }) => second),
    left: list(({ weight }) => nearest(f32(1 - weight) * 2048)), right: list(({ weight }) => nearest(weight * 2048)),
  };
}

function resizedRow(data, start, { first, second, left, right }) {
  const out = new Int32Array(first.length);
  for (let x = 0; x < out.length; x++) {
    out[x] = (data[start + first[x]] * left[x] + data[start + second[x]] * right[x]) >> 4;
  }
  return out;
}

/** For each of `size` pixels the four of `from` around it, with cubic weights (Keys 1981, a = -0.75). */
function cubicTaps(from, size) {
  const scale = from / size;
  return Array.from({ length: size }, (_, index) => {
    const position = (index + 0.5) * scale - 0.5;
    const first = Math.floor(position);
    const x = position - first;
    const far = (t) => ((-0.75 * t + 3.75) * t - 6) * t + 3;
    const near = (t) => (1.25 * t - 2.25) * t * t + 1;
    const weights = [far(x + 1), near(x), near(1 - x)];
    weights.push(1 - weights[0] - weights[1] - weights[2]);
    return weights.map((weight, tap) => [Math.min(Math.max(first - 1 + tap, 0), from - 1), weight]);
  });
}

/** Cubic interpolation of floating values, to enlarge them. */
export function enlarged(source, width, height) {
  return weighted(source, cubicTaps(source.width, width), cubicTaps(source.height, height));
}

/** Gaussian blur of floating values with this standard deviation in pixels; mirrored at the edges. */
export function blurred(source, deviation) {
  const reach = Math.round(4 * deviation);
  const weight = (distance) => Math.exp(-(distance ** 2) / (2 * deviation ** 2));
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, tap) => weight(tap - reach));
  const sum = kernel.reduce((a, b) => a + b);
  const taps = (length) => Array.from({ length }, (_, index) =>
    kernel.map((weight, tap) => [length - 1 - Math.abs(length - 1 - Math.abs(index + tap - reach)), weight / sum]));
  return weighted(source, taps(source.width), taps(source.height));
}

/** Weighted sums of pixels: `columns` and `rows` have a list of [index, weight] for each column and row. */
function weighted(source, columns, rows) {
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

/** For each of `size` pixels those of `from` that it covers, with their shares. */
function covered(from, size) {
  const scale = from / size;
  return Array.from({ length: size }, (_, position) => {
    const [start, end] = [position * scale, position * scale + scale];
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

/** Means over the area of each pixel, to reduce floating values. */
export function shrunkFloat(source, width, height) {
  const [columns, rows] = [covered(source.width, width), covered(source.height, height)];
  const out = picture(width, height, new Float32Array(width * height));
  rows.forEach((rowShares, y) => {
    for (const [row, share] of rowShares) {
      columns.forEach((columnShares, x) => {
        let sum = 0;
        for (const [column, weight] of columnShares) {
          sum = f32(sum + f32(source.data[row * source.width + column] * weight));
        }
        out.data[y * width + x] = f32(out.data[y * width + x] + f32(sum * share));
      });
    }
  });
  return out;
}

/** Blur with the weights 1 2 1 in both directions; mirrored at the edges. */
export function smoothed(source) {
  const { width, height, data } = source;
  const sums = new Int32Array(data.length);
  const out = picture(width, height);
  for (let i = 0; i < data.length; i++) {
    const x = i % width;
    sums[i] = data[x ? i - 1 : i + 1] + 2 * data[i] + data[x < width - 1 ? i + 1 : i - 1];
  }
  for (let i = 0; i < data.length; i++) {
    const above = sums[i >= width ? i - width : i + width];
    const below = sums[i < data.length - width ? i + width : i - width];
    out.data[i] = (above + 2 * sums[i] + below + 8) >> 4;
  }
  return out;
}

/** Largest of each pixel's `side` neighbours along lines of `length` pixels that lie `step` apart. */
function maximum(data, side, length, step) {
  const reach = side >> 1;
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const position = Math.floor(i / step) % length;
    const last = i + Math.min(reach, length - 1 - position) * step;
    let largest = 0;
    for (let near = i - Math.min(reach, position) * step; near <= last; near += step) {
      if (data[near] > largest) largest = data[near];
    }
    out[i] = largest;
  }
  return out;
}

/** Closing by a square of `side` (odd) pixels, which removes whatever is darker and narrower. */
export function closed({ width, height, data }, side) {
  const grown = (values) => maximum(maximum(values, side, width, 1), side, height, width);
  const opposite = (values) => values.map((value) => 255 - value);
  return picture(width, height, opposite(grown(opposite(grown(data)))));
}

/** Median of the square of `side` (odd) pixels around each pixel; the edges are repeated. */
export function median(source, side) {
  const { width, height, data } = source;
  const out = picture(width, height);
  const reach = side >> 1;
  const half = (side * side) >> 1;
  const inside = (position, size) => Math.min(Math.max(position, 0), size - 1);
  for (let y = 0; y < height; y++) {
    const counts = new Int32Array(256);
    const rows = Int32Array.from({ length: side }, (_, dy) => inside(y + dy - reach, height) * width);
    const column = (x, change) => {
      const clamped = inside(x, width);
      for (let dy = 0; dy < side; dy++) counts[data[rows[dy] + clamped]] += change;
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

/** Sum of floats in the order in which NumPy adds them, so that ties are the same as there. */
export function sum32(values, start = 0, count = values.length) {
  if (count < 8) {
    let sum = count ? values[start] : 0;
    for (let i = 1; i < count; i++) sum = f32(sum + values[start + i]);
    return sum;
  }
  if (count > 128) {
    const half = (count >> 1) - ((count >> 1) % 8);
    return f32(sum32(values, start, half) + sum32(values, start + half, count - half));
  }
  const lanes = Array.from(values.subarray(start, start + 8));
  let i = 8;
  for (; i < count - (count % 8); i += 8) for (let k = 0; k < 8; k++) lanes[k] = f32(lanes[k] + values[start + i + k]);
  const pair = (a, b) => f32(lanes[a] + lanes[b]);
  let sum = f32(f32(pair(0, 1) + pair(2, 3)) + f32(pair(4, 5) + pair(6, 7)));
  for (; i < count; i++) sum = f32(sum + values[start + i]);
  return sum;
}
