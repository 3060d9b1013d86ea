// Reads a part of the picture: the frame is drawn on it, or given by fields; the numbers are listed below the picture
// and boxed on it. Each part is stored as a reading of its own.

import { enableCopy } from "./copy.js";

const SVG = "http://www.w3.org/2000/svg";

export class RegionReader {
  #figure;
  #frame;
  #source;
  #details;
  #form;
  #list;
  #status;
  #layer;

  /** For the `figure` of a result and its frame. `source` holds the form's fields with which the picture was read, its
      file among them; without it the stored copy is read, which may be smaller. */
  constructor(figure, frame, source) {
    this.#figure = figure;
    this.#frame = frame;
    this.#source = source;
    this.#details = figure.querySelector(".read-region");
    this.#form = this.#details.querySelector("form");
    this.#list = figure.querySelector(".parts");
    this.#status = figure.querySelector(".part-status");
    this.#layer = figure.querySelector("svg").appendChild(document.createElementNS(SVG, "g"));
    this.#layer.classList.add("part-layer");
    this.#form.querySelector(".hint").hidden = false;
    this.#details.addEventListener("toggle", () => (this.#details.open ? this.#show() : this.#hide()));
    this.#form.addEventListener("input", () => this.#form.checkValidity() && this.#takeFields());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#read();
    });
  }

  open() {
    this.#details.open = true;
  }

  /** Reads the part, but not after a tap, which only moves the frame. */
  confirmed(tapped) {
    if (!tapped) this.#read();
  }

  moved() {
    if (!this.#frame.isFor(this)) return;
    for (const [index, value] of this.#frame.box.entries()) {
      const field = this.#fields[index];
      if (field.valueAsNumber !== value) field.value = value; // a field that somebody types in stays as it is
    }
  }

  closed() {
    this.#details.open = false;
  }

  #show() {
    this.#frame.show(this);
    this.moved();
  }

  #hide() {
    if (this.#frame.isFor(this)) this.#frame.hide();
  }

  get #fields() {
    return ["x", "y", "w", "h"].map((name) => this.#form.elements[name]);
  }

  #takeFields() {
    this.#frame.box = this.#fields.map((field) => field.valueAsNumber);
  }

  async #read() {
    const fields = new FormData(this.#form);
    for (const [name, value] of this.#source ?? []) if (!fields.has(name)) fields.set(name, value);
    const part = this.#addPart(fields);
    this.#tell(part.item.textContent.trim());
    try {
      const response = await fetch(this.#form.action, { method: "POST", body: fields, headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const result = page.querySelector(".result");
      if (response.ok && result) this.#fill(part, result, response.url);
      else this.#fail(part, page.getElementById("problem")?.textContent ?? this.#form.dataset.unexpected);
    } catch {
      this.#fail(part, this.#figure.querySelector(".saved").dataset.unreachable);
    }
  }

  /** Adds an entry to the list, and the frame to the picture. */
  #addPart(fields) {
    const item = this.#figure.querySelector("template").content.firstElementChild.cloneNode(true);
    this.#list.append(item);
    this.#list.hidden = false;
    const outline = document.createElementNS(SVG, "g");
    const rect = outline.appendChild(document.createElementNS(SVG, "rect"));
    rect.classList.add("part-outline");
    const sides = { x: "x", y: "y", width: "w", height: "h" };
    for (const [attribute, name] of Object.entries(sides)) rect.setAttribute(attribute, fields.get(name));
    this.#layer.append(outline);
    return { item, outline };
  }

  /** Shows the numbers of a part from the page of its reading. */
  #fill({ item, outline }, result, address) {
    const numbers = result.querySelector(".answer").cloneNode(true);
    numbers.className = "part-text";
    for (const element of [numbers, ...numbers.querySelectorAll("[data-number]")]) delete element.dataset.number;
    item.querySelector(".part-text").replaceWith(document.adoptNode(numbers));
    const tools = [result.querySelector(".verdict .badge"), result.querySelector("button.copy")].filter(Boolean);
    item.querySelector(".part-tools").append(...tools.map((tool) => document.adoptNode(tool)));
    item.querySelector(".part-tools .badge")?.classList.add(result.querySelector(".verdict.doubt") ? "doubt" : "accepted");
    item.querySelector(".part-tools kbd")?.remove();
    item.querySelector(".part-tools .copy")?.removeAttribute("aria-keyshortcuts");
    enableCopy(item);
    const link = item.querySelector("a");
    link.href = address;
    link.hidden = false;
    this.#addBoxes(outline, result);
    this.#tell(result.dataset.announcement);
  }

  /** Boxes the numbers of a part; the stored copy that was read may be smaller than the picture. */
  #addBoxes(outline, result) {
    const boxes = outline.appendChild(document.createElementNS(SVG, "g"));
    const width = result.querySelector("svg").viewBox.baseVal.width;
    boxes.setAttribute("transform", `scale(${this.#figure.querySelector(".canvas image").width.baseVal.value / width})`);
    for (const box of result.querySelectorAll(".overlay .number-box")) {
      const copy = document.adoptNode(box.cloneNode(true));
      delete copy.dataset.number;
      for (const digit of copy.querySelectorAll(".digit-box")) digit.remove();
      boxes.append(copy);
    }
  }

  #fail({ item, outline }, message) {
    outline.remove();
    item.textContent = message;
    item.classList.add("wrong");
    this.#tell(message);
  }

  #tell(text) {
    this.#status.textContent = text;
  }
}
