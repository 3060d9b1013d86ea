// Connected components of a foreground mask that may be the digit of a picture with exactly one digit, with the steps
// of src/numink/recognition/components.py.

import { components as parameters, ruledLines } from "./parameters.js";
import { picture, sum32 } from "./pixels.js";

const FOREGROUND_THRESHOLD = Math.fround(parameters.foregroundThreshold);
const RULED_LINE_THRESHOLD = Math.fround(ruledLines.threshold);

/** Candidates { x, y, width, height, foreground }: all components together, and the largest ones one by one. */
export function digitCandidates(foreground) {
  const components = componentsOf(foreground);
  if (!components.length) return [];
  const size = ({ width, height }) => Math.max(width, height);
  const largest = Math.max(...components.map(size));
  const main = components.filter((component) => size(component) >= 0.15 * largest);
  const heaviest = [...main].sort((a, b) => sum32(b.foreground.data) - sum32(a.foreground.data)).slice(0, 4);
  const alone = main.length > 1 ? heaviest : [];
  return [union(main), ...alone, ...(heaviest.length > 2 ? [union(heaviest.slice(0, 2))] : [])];
}

/** True where the foreground comes near two opposite edges, or runs along one: there may be a ruled line or a frame,
 * which only the server can remove. */
export function mayBeRuled({ width, height, data }) {
  const hasForeground = (left, top, right, bottom) => {
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) if (data[y * width + x] > RULED_LINE_THRESHOLD) return true;
    }
    return false;
  };
  const margin = (side) => Math.max(Math.round(ruledLines.edgeDistance * side), 1) + 1;
  const [across, down] = [margin(width), margin(height)];
  const level = hasForeground(0, 0, across, height) && hasForeground(width - across, 0, width, height);
  const upright = hasForeground(0, 0, width, down) && hasForeground(0, height - down, width, height);
  const depth = Math.max(Math.round(ruledLines.frameDepth * Math.min(width, height)), 2);
  const share = (length, test) => Array.from({ length }, (_, index) => test(index)).filter(Boolean).length / length;
  const edges = [
    share(width, (x) => hasForeground(x, 0, x + 1, depth)),
    share(width, (x) => hasForeground(x, height - depth, x + 1, height)),
    share(height, (y) => hasForeground(0, y, depth, y + 1)),
    share(height, (y) => hasForeground(width - depth, y, width, y + 1)),
  ];
  return level || upright || edges.some((covered) => covered > ruledLines.unbroken);
}

/** The connected components without specks and margin lines, the largest first. */
export function componentsOf({ width, height, data }) {
  const { labels, boxes } = labelledComponents({ width, height, data });
  return boxes
    .sort((a, b) => b.area - a.area)
    .slice(0, parameters.mostComponents)
    .filter((box) => !isSpeck(box) && !isMarginLine(box, width, height))
    .map((box) => extracted({ width, height, data }, labels, box));
}

/** All connected components: { labels, boxes }, a label for each pixel, 0 for paper, and a box for each label. */
export function labelledComponents({ width, height, data }) {
  const labels = new Int32Array(width * height);
  const boxes = [];
  for (let index = 0; index < labels.length; index++) {
    if (data[index] > FOREGROUND_THRESHOLD && !labels[index]) {
      boxes.push(labelled(data, labels, index, boxes.length + 1, width, height));
    }
  }
  return { labels, boxes };
}

/** Labels the component that contains `start`; returns its box and its number of pixels. */
function labelled(data, labels, start, label, width, height) {
  const waiting = [start];
  labels[start] = label;
  let [left, top, right, bottom, area] = [width, height, 0, 0, 0];
  while (waiting.length) {
    const index = waiting.pop();
    const [x, y] = [index % width, Math.floor(index / width)];
    area += 1;
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
    for (let nearY = Math.max(y - 1, 0); nearY <= Math.min(y + 1, height - 1); nearY++) {
      for (let nearX = Math.max(x - 1, 0); nearX <= Math.min(x + 1, width - 1); nearX++) {
        const next = nearY * width + nearX;
        if (labels[next] || data[next] <= FOREGROUND_THRESHOLD) continue;
        labels[next] = label;
        waiting.push(next);
      }
    }
  }
  return { label, x: left, y: top, width: right - left + 1, height: bottom - top + 1, area };
}

function isSpeck({ width, height, area }) {
  return Math.max(width, height) < parameters.leastSide || area < parameters.leastArea;
}

function isMarginLine({ x, y, width, height }, pictureWidth, pictureHeight) {
  const atSide = x <= 1 || x + width >= pictureWidth - 1;
  const atTopOrBottom = y <= 1 || y + height >= pictureHeight - 1;
  const isThin = Math.min(width, height) < parameters.greatestMarginLineAspect * Math.max(width, height);
  return atSide && atTopOrBottom && isThin;
}

/** The component with the soft edge of one pixel around it. */
function extracted({ width, height, data }, labels, { label, ...box }) {
  const [left, top] = [Math.max(box.x - 1, 0), Math.max(box.y - 1, 0)];
  const [right, bottom] = [Math.min(box.x + box.width + 1, width), Math.min(box.y + box.height + 1, height)];
  const foreground = picture(right - left, bottom - top, new Float32Array((right - left) * (bottom - top)));
  const own = (x, y) => x >= left && x < right && y >= top && y < bottom && labels[y * width + x] === label;
  const near = (x, y) => [-1, 0, 1].some((dy) => [-1, 0, 1].some((dx) => own(x + dx, y + dy)));
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const index = y * width + x;
      const belongs = labels[index] === label || (labels[index] === 0 && near(x, y));
      if (belongs) foreground.data[(y - top) * foreground.width + x - left] = data[index];
    }
  }
  return { x: left, y: top, width: foreground.width, height: foreground.height, foreground };
}

/** Several components as one. */
export function union(components) {
  if (components.length === 1) return components[0];
  const left = Math.min(...components.map(({ x }) => x));
  const top = Math.min(...components.map(({ y }) => y));
  const width = Math.max(...components.map((component) => component.x + component.width)) - left;
  const height = Math.max(...components.map((component) => component.y + component.height)) - top;
  const foreground = picture(width, height, new Float32Array(width * height));
  for (const component of components) {
    for (let y = 0; y < component.height; y++) {
      for (let x = 0; x < component.width; x++) {
        const index = (y + component.y - top) * width + x + component.x - left;
        const value = component.foreground.data[y * component.width + x];
        foreground.data[index] = Math.max(foreground.data[index], value);
      }
    }
  }
  return { x: left, y: top, width, height, foreground };
}
