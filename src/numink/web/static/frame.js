// A frame around something that was missed: drawn on the picture with the pointer, or moved and sized with keys.

const SVG = "http://www.w3.org/2000/svg";
const STEP = 0.01;

export class Frame {
  #figure;
  #svg;
  #zoom;
  #rect = null;
  #start = null;
  #set;

  /** `set()` is called when the frame is where it should be. */
  constructor(figure, zoom, set) {
    this.#figure = figure;
    this.#svg = figure.querySelector("svg");
    this.#zoom = zoom;
    this.#set = set;
    const canvas = figure.querySelector(".canvas");
    canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    canvas.addEventListener("pointermove", (event) => this.#go(event));
    canvas.addEventListener("pointerup", (event) => this.#end(event));
    canvas.addEventListener("pointercancel", () => (this.#start = null));
    canvas.addEventListener("keydown", (event) => this.#key(event));
  }

  get open() {
    return this.#rect !== null;
  }

  /** Left, top, width, height in whole pixels of the picture, and within it. */
  get box() {
    const [image, box] = [this.#image(), this.#rect.getBBox()];
    const [left, top] = [Math.max(box.x, 0), Math.max(box.y, 0)].map(Math.floor);
    const right = Math.min(Math.ceil(box.x + box.width), image.width);
    const bottom = Math.min(Math.ceil(box.y + box.height), image.height);
    return [left, top, Math.max(right - left, 1), Math.max(bottom - top, 1)];
  }

  /** Shows the frame in the middle of what is seen, as large as what was read. */
  show() {
    this.hide();
    const view = this.#svg.viewBox.baseVal;
    const sizes = [...this.#svg.querySelectorAll(".spot")].map((spot) => spot.height.baseVal.value).sort((a, b) => a - b);
    const height = Math.min((sizes[sizes.length >> 1] ?? view.height / 4) * 1.2, view.height / 2);
    this.#rect = document.createElementNS(SVG, "rect");
    this.#rect.classList.add("frame");
    this.#svg.append(this.#rect);
    this.#place(view.x + view.width / 2 - height / 2, view.y + view.height / 2 - height / 2, height, height);
    this.#figure.classList.add("framing");
    this.#figure.querySelector(".canvas").focus({ preventScroll: true });
    this.#figure.scrollIntoView({ block: "nearest" });
  }

  hide() {
    this.#rect?.remove();
    this.#rect = this.#start = null;
    this.#figure.classList.remove("framing");
  }

  #image() {
    const image = this.#svg.querySelector("image, .no-picture");
    return { width: image.width.baseVal.value, height: image.height.baseVal.value };
  }

  #place(x, y, width, height) {
    for (const [name, value] of Object.entries({ x, y, width, height })) this.#rect.setAttribute(name, value);
  }

  #begin(event) {
    if (!this.open || event.button !== 0) return;
    event.preventDefault();
    this.#start = this.#zoom.point(event);
    event.currentTarget.setPointerCapture(event.pointerId);
  }

  #go(event) {
    if (!this.#start) return;
    const at = this.#zoom.point(event);
    const width = Math.abs(at.x - this.#start.x), height = Math.abs(at.y - this.#start.y);
    if (Math.min(width, height) < this.#svg.viewBox.baseVal.width * STEP) return; // a tap is no frame
    this.#start.drawn = true;
    this.#place(Math.min(at.x, this.#start.x), Math.min(at.y, this.#start.y), width, height);
  }

  #end(event) {
    if (!this.#start) return;
    const at = this.#zoom.point(event);
    const { width, height } = this.#rect.getBBox();
    if (!this.#start.drawn) this.#place(at.x - width / 2, at.y - height / 2, width, height); // a tap: the frame comes there
    this.#start = null;
    this.#set();
  }

  #key(event) {
    if (!this.open) return;
    if (event.key === "Enter") this.#set();
    const [across, along] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
    if (event.key !== "Enter" && !across && !along) return;
    event.preventDefault();
    const step = this.#svg.viewBox.baseVal.width * STEP * 2;
    const { x, y, width, height } = this.#rect.getBBox();
    if (event.shiftKey) this.#place(x, y, Math.max(width + across * step, step), Math.max(height + along * step, step));
    else this.#place(x + across * step, y + along * step, width, height);
  }
}
