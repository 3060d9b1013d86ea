// A canvas to draw on with a finger, a pen or the mouse. Stores the strokes, so that the last one can be undone.

const STROKE_WIDTH = 18;
const STROKE_COLOUR = "#14181f";
const BACKGROUND = "#ffffff";

export class Drawing {
  #canvas;
  #context;
  #strokes = [];
  #current = null;
  #changed;
  #strokeEnded;

  /** Calls `changed(empty)` after each change, and `strokeEnded(empty)` when a stroke is finished or removed. */
  constructor(canvas, changed, strokeEnded) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d");
    this.#changed = changed;
    this.#strokeEnded = strokeEnded;
    canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const kind of ["pointerup", "pointercancel"]) canvas.addEventListener(kind, (event) => this.#end(event));
    this.#redraw();
  }

  undo() {
    this.#strokes.pop();
    this.#redraw();
    this.#strokeEnded(this.#strokes.length === 0);
  }

  clear() {
    this.#strokes = [];
    this.#redraw();
    this.#strokeEnded(true);
  }

  /** The drawing as a PNG. Synchronous: toBlob waits for an idle browser, for half a second or more. */
  picture() {
    const [, content] = this.#canvas.toDataURL("image/png").split(",");
    return new Blob([Uint8Array.from(atob(content), (character) => character.charCodeAt(0))], { type: "image/png" });
  }

  #point(event) {
    const bounds = this.#canvas.getBoundingClientRect();
    const x = ((event.clientX - bounds.left) * this.#canvas.width) / bounds.width;
    const y = ((event.clientY - bounds.top) * this.#canvas.height) / bounds.height;
    return [x, y];
  }

  #begin(event) {
    if (this.#current || event.button !== 0) return;
    event.preventDefault();
    this.#canvas.setPointerCapture(event.pointerId);
    this.#current = { pointer: event.pointerId, points: [this.#point(event)] };
    this.#strokes.push(this.#current.points);
    this.#redraw();
  }

  #move(event) {
    if (event.pointerId !== this.#current?.pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    this.#current.points.push(...(events.length ? events : [event]).map((part) => this.#point(part)));
    this.#redraw();
  }

  #end(event) {
    if (event.pointerId !== this.#current?.pointer) return;
    this.#current = null;
    this.#strokeEnded(false);
  }

  #redraw() {
    const context = this.#context;
    context.fillStyle = BACKGROUND;
    context.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
    context.strokeStyle = STROKE_COLOUR;
    context.lineWidth = STROKE_WIDTH;
    context.lineCap = context.lineJoin = "round";
    for (const points of this.#strokes) {
      context.beginPath();
      context.moveTo(...points[0]);
      for (const point of points) context.lineTo(...point);
      context.stroke();
    }
    this.#changed(this.#strokes.length === 0);
  }
}
