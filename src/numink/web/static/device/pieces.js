// Ink -> what may be the digit of a picture that holds exactly one, as src/numink/pieces.py (`whole`) has it.

import { picture, sum32 } from "./pixels.js";

const INKY = Math.fround(0.4);
const RULED = Math.fround(0.35);
const [SMALLEST, LEAST_AREA, MOST_PIECES] = [4, 8, 600];
const [FROM_EDGE, FRAME, ALONG] = [0.015, 0.015, 0.8];

/** Pieces { x, y, width, height, ink }: all the ink, and its largest parts one by one. */
export function whole(ink) {
  const pieces = components(ink);
  if (!pieces.length) return [];
  const size = ({ width, height }) => Math.max(width, height);
  const largest = Math.max(...pieces.map(size));
  const main = pieces.filter((piece) => size(piece) >= 0.15 * largest);
  const byInk = [...main].sort((a, b) => sum32(b.ink.data) - sum32(a.ink.data)).slice(0, 4);
  return [together(main), ...(main.length > 1 ? byInk : []), ...(byInk.length > 2 ? [together(byInk.slice(0, 2))] : [])];
}

/** Whether ink comes near two edges that face each other, or lies along one: it may be a ruled line or a frame, which
 * only the server knows to take out. */
export function mayBeRuled({ width, height, data }) {
  const inked = (left, top, right, bottom) => {
    for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) if (data[y * width + x] > RULED) return true;
    return false;
  };
  const [across, down] = [width, height].map((side) => Math.max(Math.round(FROM_EDGE * side), 1) + 1);
  const level = inked(0, 0, across, height) && inked(width - across, 0, width, height);
  const upright = inked(0, 0, width, down) && inked(0, height - down, width, height);
  const depth = Math.max(Math.round(FRAME * Math.min(width, height)), 2);
  const share = (length, at) => Array.from({ length }, (_, place) => at(place)).filter(Boolean).length / length;
  const along = [
    share(width, (x) => inked(x, 0, x + 1, depth)), share(width, (x) => inked(x, height - depth, x + 1, height)),
    share(height, (y) => inked(0, y, depth, y + 1)), share(height, (y) => inked(width - depth, y, width, y + 1)),
  ];
  return level || upright || along.some((one) => one > ALONG);
}

function components({ width, height, data }) {
  const labels = new Int32Array(width * height);
  const found = [];
  for (let at = 0; at < labels.length; at++) {
    if (data[at] > INKY && !labels[at]) found.push(filled(data, labels, at, found.length + 1, width, height));
  }
  return found
    .sort((a, b) => b.area - a.area)
    .slice(0, MOST_PIECES)
    .filter((one) => Math.max(one.width, one.height) >= SMALLEST && one.area >= LEAST_AREA && !isFrame(one, width, height))
    .map((one) => piece({ width, height, data }, labels, one));
}

/** Labels the connected ink that `start` belongs to: its box and how many pixels it has. */
function filled(data, labels, start, label, width, height) {
  const waiting = [start];
  labels[start] = label;
  let [left, top, right, bottom, area] = [width, height, 0, 0, 0];
  while (waiting.length) {
    const at = waiting.pop();
    const [x, y] = [at % width, Math.floor(at / width)];
    area += 1;
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
    for (let near = Math.max(y - 1, 0); near <= Math.min(y + 1, height - 1); near++) {
      for (let beside = Math.max(x - 1, 0); beside <= Math.min(x + 1, width - 1); beside++) {
        const next = near * width + beside;
        if (labels[next] || data[next] <= INKY) continue;
        labels[next] = label;
        waiting.push(next);
      }
    }
  }
  return { label, x: left, y: top, width: right - left + 1, height: bottom - top + 1, area };
}

function isFrame({ x, y, width, height }, sheetWidth, sheetHeight) {
  const beside = x <= 1 || x + width >= sheetWidth - 1;
  const above = y <= 1 || y + height >= sheetHeight - 1;
  return beside && above && Math.min(width, height) < 0.2 * Math.max(width, height);
}

/** The component with the soft edge around it. */
function piece({ width, height, data }, labels, { label, ...box }) {
  const [left, top] = [Math.max(box.x - 1, 0), Math.max(box.y - 1, 0)];
  const [right, bottom] = [Math.min(box.x + box.width + 1, width), Math.min(box.y + box.height + 1, height)];
  const ink = picture(right - left, bottom - top, new Float32Array((right - left) * (bottom - top)));
  const own = (x, y) => x >= left && x < right && y >= top && y < bottom && labels[y * width + x] === label;
  const near = (x, y) => [-1, 0, 1].some((dy) => [-1, 0, 1].some((dx) => own(x + dx, y + dy)));
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const at = y * width + x;
      const mine = labels[at] === label || (labels[at] === 0 && near(x, y));
      if (mine) ink.data[(y - top) * ink.width + x - left] = data[at];
    }
  }
  return { x: left, y: top, width: ink.width, height: ink.height, ink };
}

function together(pieces) {
  if (pieces.length === 1) return pieces[0];
  const [left, top] = [Math.min(...pieces.map((one) => one.x)), Math.min(...pieces.map((one) => one.y))];
  const width = Math.max(...pieces.map((one) => one.x + one.width)) - left;
  const height = Math.max(...pieces.map((one) => one.y + one.height)) - top;
  const ink = picture(width, height, new Float32Array(width * height));
  for (const one of pieces) {
    for (let y = 0; y < one.height; y++) {
      for (let x = 0; x < one.width; x++) {
        const at = (y + one.y - top) * width + x + one.x - left;
        ink.data[at] = Math.max(ink.data[at], one.ink.data[y * one.width + x]);
      }
    }
  }
  return { x: left, y: top, width, height, ink };
}
