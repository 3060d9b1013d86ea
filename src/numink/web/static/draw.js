// A sheet to draw on with finger, pen or mouse. Keeps the strokes, so that the last can be taken back.

const PEN = 18;
const INK = "#14181f";
const PAPER = "#ffffff";

export class Drawing {
  #canvas;
  #context;
  #strokes = [];
  #current = null;
  #changed;
  #lifted;

  /** `changed(empty)` is called after each change, `lifted(empty)` when a stroke has come to its end or is gone. */
  constructor(canvas, changed, lifted) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d");
    this.#changed = changed;
    this.#lifted = lifted;
    canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    canvas.addEventListener("pointermove", (event) => this.#go(event));
    for (const kind of ["pointerup", "pointercancel"]) canvas.addEventListener(kind, (event) => this.#end(event));
    this.#redraw();
  }

  undo() {
    this.#strokes.pop();
    this.#redraw();
    this.#lifted(this.#strokes.length === 0);
  }

  clear() {
    this.#strokes = [];
    this.#redraw();
    this.#lifted(true);
  }

  /** The sheet as a PNG. At once: toBlob waits until the browser has nothing else to do, for half a second or more. */
  picture() {
    const [, content] = this.#canvas.toDataURL("image/png").split(",");
    return new Blob([Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0))], { type: "image/png" });
  }

  #point(event) {
    const place = this.#canvas.getBoundingClientRect();
    const x = ((event.clientX - place.left) * this.#canvas.width) / place.width;
    const y = ((event.clientY - place.top) * this.#canvas.height) / place.height;
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

  #go(event) {
    if (event.pointerId !== this.#current?.pointer) return;
    const seen = event.getCoalescedEvents?.() ?? [];
    this.#current.points.push(...(seen.length ? seen : [event]).map((one) => this.#point(one)));
    this.#redraw();
  }

  #end(event) {
    if (event.pointerId !== this.#current?.pointer) return;
    this.#current = null;
    this.#lifted(false);
  }

  #redraw() {
    const context = this.#context;
    context.fillStyle = PAPER;
    context.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
    context.strokeStyle = INK;
    context.lineWidth = PEN;
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
