// Zooms and pans a picture and the boxes on it, with buttons, keys, the wheel or two fingers.

import { addShortcut } from "./shortcuts.js";

/** Horizontal and vertical direction of each arrow key. */
export const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const MAX_ZOOM = 12;
const STEP = 1.4;
/** Pixels that a pointer may move in a click. */
const CLICK_TOLERANCE = 4;

export class Zoom {
  #canvas;
  #svg;
  #whole;
  #view;
  #pointers = new Map();
  #moved = false;

  /** For the `figure` of a result; while `drawing()` is true, the pointer draws and does not pan. */
  constructor(figure, drawing) {
    this.#canvas = figure.querySelector(".canvas");
    this.#svg = figure.querySelector("svg");
    const { x, y, width, height } = this.#svg.viewBox.baseVal;
    this.#whole = { x, y, width, height };
    this.#view = { ...this.#whole };
    this.#canvas.tabIndex = 0;
    this.#canvas.role = "group";
    this.#canvas.ariaLabel = this.#canvas.dataset.label;
    const bar = figure.querySelector(".zoom");
    bar.hidden = false;
    bar.addEventListener("click", (event) => this.#do(event.target.closest("[data-zoom]")?.dataset.zoom));
    this.#canvas.addEventListener("keydown", (event) => this.#key(event));
    this.#canvas.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    const keepPinch = (event) => event.touches.length > 1 && event.preventDefault(); // else the browser zooms the page
    this.#canvas.addEventListener("touchmove", keepPinch, { passive: false });
    this.#canvas.addEventListener("pointerdown", (event) => drawing() || this.#begin(event));
    this.#canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const kind of ["pointerup", "pointercancel"]) this.#canvas.addEventListener(kind, (event) => this.#end(event));
    this.#canvas.addEventListener("click", (event) => this.#moved && event.stopPropagation(), true);
  }

  get visible() {
    return this.#canvas.offsetParent !== null;
  }

  /** Position of an event in pixels of the picture. */
  point(event) {
    return new DOMPoint(event.clientX, event.clientY).matrixTransform(this.#svg.getScreenCTM().inverse());
  }

  /** Zooms by `factor` about a point, or about the middle. */
  by(factor, about) {
    const view = this.#view;
    const centre = about ?? { x: view.x + view.width / 2, y: view.y + view.height / 2 };
    const width = Math.min(Math.max(view.width / factor, this.#whole.width / MAX_ZOOM), this.#whole.width);
    const scale = width / view.width;
    this.#set(centre.x - (centre.x - view.x) * scale, centre.y - (centre.y - view.y) * scale, width);
  }

  /** Pans so that `box` is visible. */
  reveal({ x, y, width, height }) {
    const view = this.#view;
    const beyondX = x < view.x || x + width > view.x + view.width;
    const beyondY = y < view.y || y + height > view.y + view.height;
    if (beyondX || beyondY) this.#set(x + width / 2 - view.width / 2, y + height / 2 - view.height / 2, view.width);
  }

  #set(x, y, width) {
    const whole = this.#whole;
    const height = (width * whole.height) / whole.width;
    const clamp = (value, start, length) => Math.min(Math.max(value, start), start + length);
    this.#view = {
      x: clamp(x, whole.x, whole.width - width), y: clamp(y, whole.y, whole.height - height), width, height,
    };
    this.#svg.setAttribute("viewBox", Object.values(this.#view).join(" "));
    this.#canvas.classList.toggle("large", width < whole.width);
  }

  #do(action) {
    if (action === "whole") this.#set(this.#whole.x, this.#whole.y, this.#whole.width);
    else if (action) this.by(action === "in" ? STEP : 1 / STEP);
  }

  #key(event) {
    if (event.target !== this.#canvas || event.defaultPrevented) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const [horizontal, vertical] = ARROWS[event.key] ?? [0, 0];
    const view = this.#view;
    if (horizontal || vertical) {
      if (view.width === this.#whole.width) return; // the page scrolls
      this.#set(view.x + (horizontal * view.width) / 8, view.y + (vertical * view.height) / 8, view.width);
    } else if (event.key === "0") this.#do("whole");
    else if ("+=".includes(event.key)) this.by(STEP);
    else if (event.key === "-") this.by(1 / STEP);
    else return;
    event.preventDefault();
  }

  #wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return; // the page scrolls; browsers send a touchpad's pinch with Ctrl
    event.preventDefault();
    this.by(Math.exp(-event.deltaY / 200), this.point(event));
  }

  #begin(event) {
    if (event.button !== 0) return;
    this.#moved = false;
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY, from: [event.clientX, event.clientY] });
  }

  #move(event) {
    const pointer = this.#pointers.get(event.pointerId);
    if (!pointer) return;
    if (event.pointerType === "mouse" && event.buttons === 0) return this.#end(event); // released outside
    const before = [...this.#pointers.values()].map(({ x, y }) => ({ x, y }));
    const [x, y] = pointer.from;
    const distance = Math.hypot(event.clientX - x, event.clientY - y);
    if (!this.#moved && this.#pointers.size === 1 && distance < CLICK_TOLERANCE) return;
    if (!this.#moved) this.#canvas.setPointerCapture(event.pointerId); // not before: a click is for the element below
    this.#moved = true;
    Object.assign(pointer, { x: event.clientX, y: event.clientY });
    this.#follow(before, [...this.#pointers.values()]);
  }

  /** One finger pans, two zoom too; the points below the fingers stay there. */
  #follow(before, after) {
    const middle = (points) => ({
      clientX: points.reduce((sum, { x }) => sum + x, 0) / points.length,
      clientY: points.reduce((sum, { y }) => sum + y, 0) / points.length,
    });
    const from = this.point(middle(before));
    if (after.length === 2) {
      const distance = ([a, b]) => Math.hypot(a.x - b.x, a.y - b.y);
      this.by(distance(after) / Math.max(distance(before), 1), from);
    }
    const to = this.point(middle(after));
    this.#set(this.#view.x + from.x - to.x, this.#view.y + from.y - to.y, this.#view.width);
  }

  #end(event) {
    this.#pointers.delete(event.pointerId);
  }
}

let zooms = [];

/** Sets the pictures of the page; the keys + and - zoom the first visible one. */
export function setZooms(values) {
  zooms = values;
}

for (const [key, factor] of [["+", STEP], ["=", STEP], ["-", 1 / STEP]]) {
  addShortcut(key, () => zooms.find((zoom) => zoom.visible)?.by(factor));
}
