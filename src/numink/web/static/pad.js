// A pad to draw on, with mouse, finger or pen. Keeps the strokes, so that the last can be taken back.
const PEN = 14;

export class Pad {
  constructor(canvas) {
    this.canvas = canvas;
    this.strokes = [];
    this.pointer = null;
    canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    canvas.addEventListener("pointermove", (event) => this.#go(event));
    for (const kind of ["pointerup", "pointercancel"]) canvas.addEventListener(kind, () => { this.pointer = null; });
    canvas.addEventListener("keydown", (event) => {
      if (event.key === "Backspace" || event.key === "Delete") this.undo();
    });
    this.#paint();
  }

  get empty() {
    return this.strokes.length === 0;
  }

  undo() {
    this.strokes.pop();
    this.#paint();
  }

  clear() {
    this.strokes = [];
    this.#paint();
  }

  picture() {
    return new Promise((done) => this.canvas.toBlob(done, "image/png"));
  }

  #begin(event) {
    if (this.pointer !== null || event.button > 0) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    this.pointer = event.pointerId;
    this.strokes.push([this.#place(event)]);
    this.#paint();
  }

  #go(event) {
    if (event.pointerId !== this.pointer) return;
    const steps = event.getCoalescedEvents?.() ?? [];
    this.strokes.at(-1).push(...(steps.length ? steps : [event]).map((step) => this.#place(step)));
    this.#paint();
  }

  #place(event) {
    const box = this.canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * this.canvas.width / box.width, (event.clientY - box.top) * this.canvas.height / box.height];
  }

  #paint() {
    const pen = this.canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, this.canvas.width, this.canvas.height);
    pen.strokeStyle = "#111";
    pen.lineWidth = PEN;
    pen.lineCap = pen.lineJoin = "round";
    for (const stroke of this.strokes) {
      pen.beginPath();
      pen.moveTo(...stroke[0]);
      for (const place of stroke) pen.lineTo(...place);
      pen.stroke();
    }
  }
}
