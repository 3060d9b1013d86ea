// A frame on a picture, around a missing number or a part to be read: drawn with the pointer, or moved and resized with
// keys.

import { ARROWS } from "./zoom.js";

const SVG = "http://www.w3.org/2000/svg";
const STEP = 0.01;

export class SelectionFrame {
  #figure;
  #svg;
  #zoom;
  #rect = null;
  #start = null;
  #user = {};

  constructor(figure, zoom) {
    this.#figure = figure;
    this.#svg = figure.querySelector("svg");
    this.#zoom = zoom;
    const canvas = figure.querySelector(".canvas");
    canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    canvas.addEventListener("pointerup", (event) => this.#end(event));
    canvas.addEventListener("pointercancel", () => (this.#start = null));
    canvas.addEventListener("keydown", (event) => this.#key(event));
  }

  get open() {
    return this.#rect !== null;
  }

  /** Whether the frame is shown for `user`. */
  isFor(user) {
    return this.open && this.#user === user;
  }

  /** Left, top, width and height in whole pixels, clipped to the picture. */
  get box() {
    const [image, box] = [this.#image(), this.#rect.getBBox()];
    const [left, top] = [Math.max(box.x, 0), Math.max(box.y, 0)].map(Math.floor);
    const right = Math.min(Math.ceil(box.x + box.width), image.width);
    const bottom = Math.min(Math.ceil(box.y + box.height), image.height);
    return [left, top, Math.max(right - left, 1), Math.max(bottom - top, 1)];
  }

  set box([left, top, width, height]) {
    this.#place(left, top, width, height);
  }

  /** Shows the frame in the middle of the visible part, as high as most digits. Calls `user.confirmed(tapped)` when it
      is in its place, `user.moved()` when it moves, and `user.closed()` when it is hidden. A tap moves it. */
  show(user) {
    this.hide();
    this.#user = user;
    const view = this.#svg.viewBox.baseVal;
    const heights = [...this.#svg.querySelectorAll(".digit-box")].map((rect) => rect.height.baseVal.value);
    heights.sort((a, b) => a - b);
    const height = Math.min((heights[heights.length >> 1] ?? view.height / 4) * 1.2, view.height / 2);
    this.#rect = document.createElementNS(SVG, "rect");
    this.#rect.classList.add("frame");
    this.#svg.append(this.#rect);
    this.#place(view.x + view.width / 2 - height / 2, view.y + view.height / 2 - height / 2, height, height);
    this.#figure.classList.add("framing");
    this.#figure.querySelector(".canvas").focus({ preventScroll: true });
    this.#figure.scrollIntoView({ block: "nearest" });
  }

  hide() {
    if (!this.open) return;
    this.#rect.remove();
    this.#rect = this.#start = null;
    this.#figure.classList.remove("framing");
    this.#user.closed?.();
  }

  #image() {
    const image = this.#svg.querySelector("image, .no-picture");
    return { width: image.width.baseVal.value, height: image.height.baseVal.value };
  }

  #place(x, y, width, height) {
    for (const [name, value] of Object.entries({ x, y, width, height })) this.#rect.setAttribute(name, value);
    this.#user.moved?.();
  }

  #begin(event) {
    if (!this.open || event.button !== 0) return;
    event.preventDefault();
    this.#start = this.#zoom.point(event);
    event.currentTarget.setPointerCapture(event.pointerId);
  }

  #move(event) {
    if (!this.#start) return;
    const point = this.#zoom.point(event);
    const width = Math.abs(point.x - this.#start.x), height = Math.abs(point.y - this.#start.y);
    if (Math.min(width, height) < this.#svg.viewBox.baseVal.width * STEP) return; // a tap draws no frame
    this.#start.drawn = true;
    this.#place(Math.min(point.x, this.#start.x), Math.min(point.y, this.#start.y), width, height);
  }

  #end(event) {
    if (!this.#start) return;
    const point = this.#zoom.point(event);
    const { width, height } = this.#rect.getBBox();
    const tapped = !this.#start.drawn;
    if (tapped) this.#place(point.x - width / 2, point.y - height / 2, width, height);
    this.#start = null;
    this.#user.confirmed(tapped);
  }

  #key(event) {
    if (!this.open) return;
    if (event.key === "Enter") this.#user.confirmed(false);
    const [horizontal, vertical] = ARROWS[event.key] ?? [0, 0];
    if (event.key !== "Enter" && !horizontal && !vertical) return;
    event.preventDefault();
    const step = this.#svg.viewBox.baseVal.width * STEP * 2;
    const { x, y, width, height } = this.#rect.getBBox();
    const grown = (size, direction) => Math.max(size + direction * step, step);
    if (event.shiftKey) this.#place(x, y, grown(width, horizontal), grown(height, vertical));
    else this.#place(x + horizontal * step, y + vertical * step, width, height);
  }
}
