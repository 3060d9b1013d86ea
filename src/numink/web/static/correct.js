// Corrects a result: select a digit in the picture or in the text, then type the correct one. The server stores the
// correction, and the section is updated from the page that it returns.

import { enableCopy } from "./copy.js";
import { sendCorrection } from "./correction_queue.js";
import { RegionReader } from "./region.js";
import { SelectionFrame } from "./selection_frame.js";
import { Zoom } from "./zoom.js";

/** Keys that correct the selected digit or sign; letters are shortcuts. */
const CHARACTER = /^[0-9.,:;/%()+\-=*#'"€$£×°]$/;
/** Digits and whole numbers to review. */
const DOUBT = ".digit.doubt:not(.saving), .number.doubt .digit:first-child:not(.saving)";

export class CorrectionEditor {
  #selected = null;
  #changed;
  #frame;
  #region;

  /** Calls `changed(page)` with the page of the reading after corrections. `source` is as for `RegionReader`. */
  constructor(section, changed, source) {
    this.section = section;
    this.#changed = changed;
    const figure = section.querySelector(".picture");
    this.zoom = new Zoom(figure, () => this.#frame.open);
    this.#frame = new SelectionFrame(figure, this.zoom);
    if (figure.querySelector(".read-region")) this.#region = new RegionReader(figure, this.#frame, source);
    section.addEventListener("click", (event) => this.#click(event));
    section.addEventListener("focusin", (event) => this.#focus(event));
    section.addEventListener("keydown", (event) => this.#key(event));
    section.addEventListener("submit", (event) => event.target.closest(".read-region") || this.#submit(event));
    this.#prepare();
  }

  get visible() {
    return this.section.offsetParent !== null;
  }

  get active() {
    return this.section.contains(document.activeElement);
  }

  get doubts() {
    return this.#all(".answer .digit").filter((digit) => digit.matches(DOUBT)).length;
  }

  /** Selects the next digit to review after the selected one, starting over at the end. */
  selectNext() {
    const digits = this.#all(".answer .digit");
    const current = digits.indexOf(this.#digit());
    const doubts = digits.filter((digit) => digit.matches(DOUBT));
    (doubts.find((digit) => digits.indexOf(digit) > current) ?? doubts[0] ?? digits[0])?.focus();
  }

  /** Starts to add a missing number. */
  addMissing() {
    this.#close();
    this.#frame.show({
      confirmed: () => this.#find(".add-missing input[name=text]").focus(),
      closed: () => (this.#find("form.add-missing").hidden = true),
    });
    this.#find("form.add-missing").hidden = false;
  }

  /** Shows a frame whose part of the picture is read. */
  readRegion() {
    this.#close();
    this.#region?.open();
  }

  undo = () => this.#find("form.undo-correction")?.requestSubmit();

  /** Takes over the contents of `section`, from the latest page of the reading. */
  update(section) {
    const [oldReading, newReading] = [this.#find(".reading"), section.querySelector(".reading")];
    const typing = oldReading.contains(document.activeElement) && document.activeElement.matches("input");
    if (typing) return; // the next correction updates it
    const focused = oldReading.contains(document.activeElement);
    const open = this.#all("details[open]").map((details) => this.#detailsId(details));
    this.#find(".overlay").replaceWith(document.adoptNode(section.querySelector(".overlay")));
    oldReading.replaceWith(document.adoptNode(newReading));
    for (const part of this.#all("details")) part.open = open.includes(this.#detailsId(part)) && !part.matches(".edit");
    enableCopy(this.section);
    this.#prepare();
    const digit = this.#selected && this.#digit();
    if (focused && digit) digit.focus({ preventScroll: true });
    else if (focused) this.#find("[data-action=help]").focus({ preventScroll: true });
    else if (digit) this.#select(digit);
  }

  #find(selector) {
    return this.section.querySelector(selector);
  }

  #all(selector) {
    return [...this.section.querySelectorAll(selector)];
  }

  #detailsId(details) {
    return `${details.className} ${details.closest("[data-number]")?.dataset.number}`;
  }

  #prepare() {
    for (const button of this.#all("[data-action]")) button.hidden = false;
    const digits = this.#all(".answer .digit");
    for (const digit of digits) {
      digit.role = "button";
      digit.ariaLabel = digit.dataset.label;
      digit.tabIndex = digit.matches(DOUBT) ? 0 : -1;
    }
    if (digits.length && !this.doubts) digits[0].tabIndex = 0;
  }

  /** The selected digit in the text; the whole number where its digits cannot be corrected one by one. */
  #digit() {
    if (!this.#selected) return null;
    const [number, digit] = this.#selected;
    const selector = `.answer [data-number="${number}"] .digit`;
    return this.#find(`${selector}[data-digit="${digit}"]`) ?? this.#find(selector);
  }

  #click(event) {
    const action = event.target.closest("[data-action]")?.dataset.action;
    const key = event.target.closest(".keypad [data-key]");
    const box = event.target.closest(".overlay [data-number]");
    if (key) this.#correct(key.dataset.key);
    else if (action) this.#act(action);
    else if (box && !this.#frame.open) {
      const number = `.answer [data-number="${box.dataset.number}"] .digit`;
      const digit = event.target.dataset.digit;
      (this.#find(digit ? `${number}[data-digit="${digit}"]` : `${number}.doubt`) ?? this.#find(number))?.focus();
    } else event.target.closest(".answer .digit")?.focus();
  }

  #act(name) {
    const actions = {
      "add-missing": () => this.addMissing(),
      "read-region": () => this.readRegion(),
      cancel: () => this.#cancel(),
      edit: () => this.#edit(),
      confirm: () => this.#send({ number: this.#number(), text: this.#digit().closest(".number").dataset.text }),
      "no-number": () => this.#send({ number: this.#number(), text: "" }),
      earlier: () => this.#move(-1),
      later: () => this.#move(1),
      close: () => this.#close(),
    };
    actions[name]?.();
  }

  #focus(event) {
    const digit = event.target.closest(".answer .digit");
    if (!digit) return;
    this.#selected = [digit.closest("[data-number]").dataset.number, digit.dataset.digit ?? "0"];
    this.#select(digit);
  }

  /** Shows the selected digit in the text, the picture and the keypad. */
  #select(digit) {
    for (const element of this.#all(".selected")) element.classList.remove("selected");
    const [number, index] = this.#selected;
    const box = this.#find(`.overlay [data-number="${number}"]`);
    const rect = box?.querySelector(`[data-digit="${index}"]`) ?? box?.querySelector("rect");
    digit.classList.add("selected");
    rect?.classList.add("selected");
    if (rect) this.zoom.reveal(rect.getBBox());
    const keypad = this.#find(".keypad");
    const probabilities = new Map((digit.dataset.probabilities ?? "").split("\n").map(shareOf));
    for (const key of keypad.querySelectorAll("[data-key] small")) {
      key.textContent = probabilities.get(key.parentElement.dataset.key) ?? "";
    }
    for (const part of keypad.querySelectorAll(".by-digit")) part.hidden = !digit.dataset.digit;
    keypad.querySelector(".whole-doubt").hidden = !digit.closest(".number.doubt");
    keypad.querySelector(".keypad-title").textContent = digit.dataset.label;
    keypad.hidden = false;
  }

  #close() {
    for (const element of this.#all(".selected")) element.classList.remove("selected");
    this.#selected = null;
    const keypad = this.#find(".keypad");
    if (!keypad) return;
    const focused = keypad.contains(document.activeElement) || document.activeElement.matches(".answer .digit");
    keypad.hidden = true;
    if (focused) this.#find("[data-action=help]").focus({ preventScroll: true });
  }

  #cancel() {
    const byRegion = this.#region && this.#frame.isFor(this.#region);
    this.#frame.hide();
    this.#find(byRegion ? ".read-region summary" : "[data-action=add-missing]").focus();
  }

  #key(event) {
    if (event.key === "Escape") return this.#frame.open ? this.#cancel() : this.#close();
    const digit = event.target.closest(".answer .digit");
    if ((!digit && !event.target.closest(".keypad")) || event.ctrlKey || event.metaKey) return;
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.altKey) {
      if (!direction) return;
      this.#move(direction);
    } else if (CHARACTER.test(event.key)) this.#correct(event.key);
    else if (!digit) return;
    else if (["Delete", "Backspace"].includes(event.key)) this.#correct("");
    else if (["Enter", " "].includes(event.key)) this.#edit();
    else if (direction) {
      const digits = this.#all(".answer .digit");
      digits[digits.indexOf(digit) + direction]?.focus();
    } else return;
    event.preventDefault();
  }

  #number() {
    return this.#selected[0].split("-")[1];
  }

  /** Corrects the selected digit to `text`, and selects the next one to review. */
  #correct(text) {
    const digit = this.#digit();
    if (!digit?.dataset.digit) return this.#edit();
    this.#send({ number: this.#number(), digit: digit.dataset.digit, text });
    digit.classList.add("saving");
    if (this.doubts) this.selectNext();
    else digit.focus();
  }

  #edit() {
    const form = this.#find(`:is(li, .single-number)[data-number="${this.#selected[0]}"] .edit`);
    for (let part = form; part && part !== this.section; part = part.parentElement) {
      if (part.matches("details")) part.open = true;
    }
    form?.querySelector("input[name=text]").select();
  }

  /** Moves the selected number one place earlier (-1) or later (1). */
  #move(direction) {
    const order = this.#all(".answer .number").map((number) => number.dataset.number.split("-")[1]);
    const current = order.indexOf(this.#number());
    const other = current + direction;
    if (other < 0 || other >= order.length) return;
    [order[current], order[other]] = [order[other], order[current]];
    this.#send({ order: order.join(",") });
  }

  #submit(event) {
    event.preventDefault();
    const form = event.target;
    if (form.matches(".add-missing")) form.elements.box.value = this.#frame.box.join(",");
    const fields = new FormData(form, event.submitter);
    fields.set("page", this.section.dataset.page);
    if (form.matches(".add-missing")) this.#cancel();
    this.#find("[data-action=help]").focus({ preventScroll: true });
    this.#post(form.action, fields);
  }

  #send(correction) {
    const form = this.#find("form.correction");
    const fields = new FormData(form);
    fields.set("page", this.section.dataset.page);
    for (const [name, value] of Object.entries(correction)) fields.set(name, value);
    this.#post(form.action, fields);
  }

  #post(address, fields) {
    sendCorrection(address, fields, this.#find(".saved"), (page) => {
      if (page) this.#changed(page);
      for (const digit of this.#all(".saving")) digit.classList.remove("saving");
    });
  }
}

/** Character and probability of a line such as "7 87 %", the character first. */
function shareOf(line) {
  const [character = "", ...share] = line;
  return [character, share.join("")];
}
