// The components of a drawing as one text line, and the line images of its numbers, with the steps of
// src/numink/recognition/line_segmentation.py and line_image.py. A drawing has one line: that is simpler than a page.

import { union } from "./components.js";
import { withPen } from "./glyph.js";
import { lineImage as imageParameters, textLine as parameters } from "./parameters.js";
import { blurred, nearest, picture } from "./pixels.js";

const middleOf = ({ x, width }) => x + width / 2;

/** Line images of the numbers of a line, from left to right; wide gaps part them. */
export function lineImages(allComponents) {
  const usual = usualHeight(allComponents);
  const components = allComponents
    .filter(({ width, height }) => Math.max(width, height) >= parameters.speckSide * usual)
    .sort((a, b) => middleOf(a) - middleOf(b));
  const heights = components.map(({ height }) => height).filter((height) => height >= parameters.markHeight * usual);
  const height = median(heights.length ? heights : [usual]);
  const slope = slopeOf(components, height);
  return groupsOf(components, height).map((group) => imageOf(group, height, slope));
}

/** Median height, weighted by height so that specks count little. */
function usualHeight(components) {
  const heights = components.map(({ width, height }) => Math.max(height, parameters.countedWidth * width));
  heights.sort((a, b) => a - b);
  const half = heights.reduce((sum, height) => sum + height, 0) / 2;
  let sum = 0;
  return heights.find((height) => (sum += height) >= half);
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

const isTall = (component, height) => component.height >= parameters.tallHeight * height;

/** Slope of the line through the middles of its tall components; 0 where there are too few. */
function slopeOf(components, height) {
  const tall = components.filter((component) => isTall(component, height));
  const points = tall.map((component) => [middleOf(component), component.y + component.height / 2]);
  const xs = points.map(([x]) => x);
  if (tall.length < 3 || Math.max(...xs) - Math.min(...xs) < parameters.leastSlopedWidth * height) return 0;
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(xs), mean(points.map(([, y]) => y))];
  const slope =
    mean(points.map(([x, y]) => (x - meanX) * (y - meanY))) / mean(xs.map((x) => (x - meanX) ** 2));
  return Math.abs(slope) <= parameters.greatestSlope ? slope : 0;
}

/** Components between wide gaps; a group of marks alone belongs to its neighbour. */
function groupsOf(components, height) {
  const groups = [];
  let right = -Infinity;
  for (const component of components) {
    const hasTall = (group) => group.some((member) => isTall(member, height));
    const isApart = component.x - right > parameters.gap * height;
    if (!groups.length || (isApart && hasTall(groups.at(-1)))) groups.push([]);
    groups.at(-1).push(component);
    right = Math.max(right, component.x + component.width);
  }
  const last = groups.at(-1);
  if (groups.length > 1 && !last.some((member) => isTall(member, height))) groups.at(-2).push(...groups.pop());
  return groups;
}

/** The line image of a group: levelled and at one height. */
function imageOf(group, height, slope) {
  const own = union(group);
  const middle = own.x + own.width / 2;
  const merged = mergedStacked(group);
  const candidates = merged.filter((component) => isTall(component, height));
  const tall = candidates.length ? candidates : merged;
  const tops = tall.map((component) => component.y - slope * (middleOf(component) - middle));
  const top = Math.min(...tops);
  const bottom = Math.max(...tall.map((component, index) => tops[index] + component.height));
  const box = { y: nearest(top) - own.y, width: own.width, height: Math.max(nearest(bottom - top), 1) };
  return toLineImage(own.foreground, box, slope);
}

/** Merges components of which one lies above, below or within the other: the top of a 5, a broken 8. */
function mergedStacked(components) {
  const merged = [];
  for (const component of components) {
    const last = merged.at(-1);
    const shared = last
      ? Math.min(last.x + last.width, component.x + component.width) - Math.max(last.x, component.x)
      : 0;
    if (last && shared > parameters.stackedColumns * Math.min(last.width, component.width)) {
      merged[merged.length - 1] = union([last, component]);
    } else merged.push(component);
  }
  return merged;
}

/** `box` is as tall as the digits are, in pixels of `foreground`, which begins and ends with it in its columns. */
function toLineImage(foreground, box, slope) {
  const { height, bodyHeight, margin, greatestWidth, leastPenWidth, blur, blurGain } = imageParameters;
  const scale = bodyHeight / box.height;
  const scaleX = Math.min(scale, (greatestWidth - 2 * margin) / box.width);
  const width = Math.max(nearest(box.width * scaleX), 1) + 2 * margin;
  const wide = withPen(foreground, leastPenWidth / scale);
  const source = scale < 1 ? blurred(wide, blur / scale) : wide;
  const gain = scale < 1 ? blurGain : 1;
  const [left, top] = [-margin / scaleX, box.y - (height - bodyHeight) / 2 / scale];
  const out = picture(width, height, new Float32Array(width * height));
  for (let v = 0; v < height; v++) {
    for (let u = 0; u < width; u++) {
      const x = left + (u + 0.5) / scaleX - 0.5;
      const y = top + (v + 0.5) / scale - 0.5 + slope * (left + u / scaleX - box.width / 2);
      out.data[v * width + u] = Math.min(Math.max(interpolated(source, x, y) * gain, 0), 1);
    }
  }
  return out;
}

/** Bilinear interpolation; all around the picture is 0. */
function interpolated({ width, height, data }, x, y) {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  const value = (dx, dy) => {
    const [nearX, nearY] = [column + dx, row + dy];
    return nearX < 0 || nearY < 0 || nearX >= width || nearY >= height ? 0 : data[nearY * width + nearX];
  };
  const [right, below] = [x - column, y - row];
  const upper = value(0, 0) * (1 - right) + value(1, 0) * right;
  const lower = value(0, 1) * (1 - right) + value(1, 1) * right;
  return upper * (1 - below) + lower * below;
}
