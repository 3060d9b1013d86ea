// A picture that can be made larger and moved: buttons, keys, wheel, two fingers. The boxes on it go with it.

import { command } from "./keys.js";

const MOST = 12;
const STEP = 1.4;
const SLOP = 4;

export class Zoom {
  #canvas;
  #svg;
  #whole;
  #view;
  #pointers = new Map();
  #moved = false;

  /** For the `figure` of an answer; `drawing()` says whether the pointer is used for something else. */
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
    this.#canvas.addEventListener("touchmove", (event) => event.touches.length > 1 && event.preventDefault(), { passive: false });
    this.#canvas.addEventListener("pointerdown", (event) => drawing() || this.#begin(event));
    this.#canvas.addEventListener("pointermove", (event) => this.#go(event));
    for (const kind of ["pointerup", "pointercancel"]) this.#canvas.addEventListener(kind, (event) => this.#end(event));
    this.#canvas.addEventListener("click", (event) => this.#moved && event.stopPropagation(), true);
  }

  get shown() {
    return this.#canvas.offsetParent !== null;
  }

  /** Where an event happened, in pixels of the picture. */
  point(event) {
    return new DOMPoint(event.clientX, event.clientY).matrixTransform(this.#svg.getScreenCTM().inverse());
  }

  by(factor, about) {
    const view = this.#view;
    const at = about ?? { x: view.x + view.width / 2, y: view.y + view.height / 2 };
    const width = Math.min(Math.max(view.width / factor, this.#whole.width / MOST), this.#whole.width);
    const scale = width / view.width;
    this.#set(at.x - (at.x - view.x) * scale, at.y - (at.y - view.y) * scale, width);
  }

  /** Moves the picture so that `box` is seen. */
  reveal({ x, y, width, height }) {
    const view = this.#view;
    const seen = x >= view.x && y >= view.y && x + width <= view.x + view.width && y + height <= view.y + view.height;
    if (!seen) this.#set(x + width / 2 - view.width / 2, y + height / 2 - view.height / 2, view.width);
  }

  #set(x, y, width) {
    const whole = this.#whole;
    const height = (width * whole.height) / whole.width;
    const within = (at, least, room) => Math.min(Math.max(at, least), least + room);
    this.#view = {
      x: within(x, whole.x, whole.width - width), y: within(y, whole.y, whole.height - height), width, height,
    };
    this.#svg.setAttribute("viewBox", Object.values(this.#view).join(" "));
    this.#canvas.classList.toggle("large", width < whole.width);
  }

  #do(what) {
    if (what === "whole") this.#set(this.#whole.x, this.#whole.y, this.#whole.width);
    else if (what) this.by(what === "in" ? STEP : 1 / STEP);
  }

  #key(event) {
    if (event.target !== this.#canvas || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const [across, along] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
    const view = this.#view;
    if (across || along) {
      if (view.width === this.#whole.width) return; // the page scrolls
      this.#set(view.x + (across * view.width) / 8, view.y + (along * view.height) / 8, view.width);
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

  #go(event) {
    const pointer = this.#pointers.get(event.pointerId);
    if (!pointer) return;
    if (event.pointerType === "mouse" && event.buttons === 0) return this.#end(event); // let go outside
    const before = [...this.#pointers.values()].map(({ x, y }) => ({ x, y }));
    const [x, y] = pointer.from;
    if (!this.#moved && this.#pointers.size === 1 && Math.hypot(event.clientX - x, event.clientY - y) < SLOP) return;
    if (!this.#moved) this.#canvas.setPointerCapture(event.pointerId); // not before: a click belongs to what is under it
    this.#moved = true;
    Object.assign(pointer, { x: event.clientX, y: event.clientY });
    this.#follow(before, [...this.#pointers.values()]);
  }

  /** One finger moves, two size too: what was under them stays under them. */
  #follow(before, now) {
    const middle = (points) => ({
      clientX: points.reduce((sum, { x }) => sum + x, 0) / points.length,
      clientY: points.reduce((sum, { y }) => sum + y, 0) / points.length,
    });
    const from = this.point(middle(before));
    if (now.length === 2) {
      const apart = ([a, b]) => Math.hypot(a.x - b.x, a.y - b.y);
      this.by(apart(now) / Math.max(apart(before), 1), from);
    }
    const to = this.point(middle(now));
    this.#set(this.#view.x + from.x - to.x, this.#view.y + from.y - to.y, this.#view.width);
  }

  #end(event) {
    this.#pointers.delete(event.pointerId);
  }
}

let zooms = [];

/** The keys + and - are for the first picture that is shown. */
export function zooming(made) {
  zooms = made;
}

for (const [key, factor] of [["+", STEP], ["=", STEP], ["-", 1 / STEP]]) {
  command(key, () => zooms.find((one) => one.shown)?.by(factor));
}
