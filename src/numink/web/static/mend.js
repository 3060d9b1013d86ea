// Corrections on an answer: a digit is chosen in the picture or in the text, and its key says what it is.
// What is said is kept by the server, and the answer then shows what its page says.

import { copying } from "./copy.js";
import { Frame } from "./frame.js";
import { send } from "./send.js";
import { Zoom } from "./zoom.js";

export class Mending {
  #chosen = null;
  #refreshed;
  #frame;

  /** `refreshed(page)` is called with the reading's page after each correction. */
  constructor(section, refreshed) {
    this.section = section;
    this.#refreshed = refreshed;
    this.zoom = new Zoom(section.querySelector(".picture"), () => this.#frame.open);
    this.#frame = new Frame(section.querySelector(".picture"), this.zoom, () => this.#find(".missed input[name=text]").focus());
    section.addEventListener("click", (event) => this.#click(event));
    section.addEventListener("focusin", (event) => this.#focus(event));
    section.addEventListener("keydown", (event) => this.#key(event));
    section.addEventListener("submit", (event) => this.#submit(event));
    this.#prepare();
  }

  get shown() {
    return this.section.offsetParent !== null;
  }

  get active() {
    return this.section.contains(document.activeElement);
  }

  get doubts() {
    return this.#all(".answer .digit.doubt:not(.saving)").length;
  }

  /** To the next digit to look at, after the chosen one; round and round. */
  next() {
    const digits = this.#all(".answer .digit");
    const at = digits.indexOf(this.#digit());
    const doubts = digits.filter((one) => one.matches(".doubt:not(.saving)"));
    (doubts.find((one) => digits.indexOf(one) > at) ?? doubts[0] ?? digits[0])?.focus();
  }

  /** Begins to mark what was missed. */
  miss() {
    this.#leave();
    this.#find("form.missed").hidden = false;
    this.#frame.show();
  }

  undo() {
    this.#find("form.take-back")?.requestSubmit();
  }

  /** What `section`, from the reading's page, says now. */
  show(section) {
    const [old, fresh] = [this.#find(".reading"), section.querySelector(".reading")];
    const typing = old.contains(document.activeElement) && document.activeElement.matches("input");
    if (typing) return; // what is sent next shows all
    const within = old.contains(document.activeElement);
    const open = this.#all("details[open]").map((one) => this.#name(one));
    this.#find(".marks").replaceWith(document.adoptNode(section.querySelector(".marks")));
    old.replaceWith(document.adoptNode(fresh));
    for (const part of this.#all("details")) part.open = open.includes(this.#name(part)) && !part.matches(".fix");
    copying(this.section);
    this.#prepare();
    const digit = this.#chosen && this.#digit();
    if (within && digit) digit.focus({ preventScroll: true });
    else if (within) this.#find("[data-do=help]").focus({ preventScroll: true });
    else if (digit) this.#choose(digit);
  }

  #find(selector) {
    return this.section.querySelector(selector);
  }

  #all(selector) {
    return [...this.section.querySelectorAll(selector)];
  }

  #name(details) {
    return `${details.className} ${details.closest("[data-number]")?.dataset.number}`;
  }

  #prepare() {
    for (const button of this.#all("[data-do]")) button.hidden = false;
    const digits = this.#all(".answer .digit");
    for (const digit of digits) {
      digit.role = "button";
      digit.ariaLabel = digit.dataset.label;
      digit.tabIndex = digit.classList.contains("doubt") ? 0 : -1;
    }
    if (digits.length && !this.doubts) digits[0].tabIndex = 0;
  }

  /** The chosen digit in the text; a number that is one piece stands for each of its digits. */
  #digit() {
    if (!this.#chosen) return null;
    const [number, digit] = this.#chosen;
    const found = `.answer [data-number="${number}"] .digit`;
    return this.#find(`${found}[data-digit="${digit}"]`) ?? this.#find(found);
  }

  #click(event) {
    const act = event.target.closest("[data-do]")?.dataset.do;
    const key = event.target.closest(".pad [data-key]");
    const mark = event.target.closest(".marks [data-number]");
    if (key) this.#say(key.dataset.key);
    else if (act) this.#act(act);
    else if (mark && !this.#frame.open) {
      const number = `.answer [data-number="${mark.dataset.number}"] .digit`;
      const digit = event.target.dataset.digit;
      (this.#find(digit ? `${number}[data-digit="${digit}"]` : `${number}.doubt`) ?? this.#find(number))?.focus();
    } else event.target.closest(".answer .digit")?.focus();
  }

  #act(what) {
    const doing = {
      missed: () => this.miss(),
      cancel: () => this.#cancel(),
      write: () => this.#write(),
      none: () => this.#send({ number: this.#place(), text: "" }),
      earlier: () => this.#move(-1),
      later: () => this.#move(1),
      leave: () => this.#leave(),
    };
    doing[what]?.();
  }

  #focus(event) {
    const digit = event.target.closest(".answer .digit");
    if (!digit) return;
    this.#chosen = [digit.closest("[data-number]").dataset.number, digit.dataset.digit ?? "0"];
    this.#choose(digit);
  }

  /** Shows in text, picture and pad what is chosen. */
  #choose(digit) {
    for (const one of this.#all(".chosen")) one.classList.remove("chosen");
    const [number, place] = this.#chosen;
    const mark = this.#find(`.marks [data-number="${number}"]`);
    const spot = mark?.querySelector(`[data-digit="${place}"]`) ?? mark?.querySelector("rect");
    digit.classList.add("chosen");
    spot?.classList.add("chosen");
    if (spot) this.zoom.reveal(spot.getBBox());
    const pad = this.#find(".pad");
    const chances = new Map((digit.dataset.chances ?? "").split(";").map((part) => part.split(":")));
    for (const key of pad.querySelectorAll("[data-key] small")) {
      key.textContent = chances.get(key.parentElement.dataset.key) ?? "";
    }
    for (const part of pad.querySelectorAll(".by-digit")) part.hidden = !digit.dataset.digit;
    pad.querySelector(".pad-what").textContent = digit.dataset.label;
    pad.hidden = false;
  }

  #leave() {
    for (const one of this.#all(".chosen")) one.classList.remove("chosen");
    this.#chosen = null;
    const pad = this.#find(".pad");
    if (!pad) return;
    const within = pad.contains(document.activeElement) || document.activeElement.matches(".answer .digit");
    pad.hidden = true;
    if (within) this.#find("[data-do=help]").focus({ preventScroll: true });
  }

  #cancel() {
    this.#frame.hide();
    this.#find("form.missed").hidden = true;
    this.#find("[data-do=missed]").focus();
  }

  #key(event) {
    if (event.key === "Escape") return this.#frame.open ? this.#cancel() : this.#leave();
    const digit = event.target.closest(".answer .digit");
    if ((!digit && !event.target.closest(".pad")) || event.ctrlKey || event.metaKey) return;
    const ahead = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.altKey) {
      if (!ahead) return;
      this.#move(ahead);
    } else if (/^[0-9]$/.test(event.key)) this.#say(event.key);
    else if (!digit) return;
    else if (["Delete", "Backspace"].includes(event.key)) this.#say("");
    else if (["Enter", " "].includes(event.key)) this.#write();
    else if (ahead) {
      const digits = this.#all(".answer .digit");
      digits[digits.indexOf(digit) + ahead]?.focus();
    } else return;
    event.preventDefault();
  }

  #place() {
    return this.#chosen[0].split("-")[1];
  }

  /** The chosen digit is `text`; on to the next to look at. */
  #say(text) {
    const digit = this.#digit();
    if (!digit?.dataset.digit) return this.#write();
    this.#send({ number: this.#place(), digit: digit.dataset.digit, text });
    digit.classList.add("saving");
    if (this.doubts) this.next();
    else digit.focus();
  }

  #write() {
    const form = this.#find(`:is(li, .only)[data-number="${this.#chosen[0]}"] .fix`);
    for (let part = form; part && part !== this.section; part = part.parentElement) {
      if (part.matches("details")) part.open = true;
    }
    form?.querySelector("input[name=text]").select();
  }

  /** The chosen number comes one place earlier or later. */
  #move(ahead) {
    const order = this.#all(".answer .number").map((one) => one.dataset.number.split("-")[1]);
    const at = order.indexOf(this.#place());
    const other = at + ahead;
    if (other < 0 || other >= order.length) return;
    [order[at], order[other]] = [order[other], order[at]];
    this.#send({ order: order.join(",") });
  }

  #submit(event) {
    event.preventDefault();
    const form = event.target;
    if (form.matches(".missed")) form.elements.box.value = this.#frame.box.join(",");
    const fields = new FormData(form, event.submitter);
    fields.set("page", this.section.dataset.page);
    if (form.matches(".missed")) this.#cancel();
    this.#find("[data-do=help]").focus({ preventScroll: true });
    this.#post(form.action, fields);
  }

  #send(said) {
    const form = this.#find("form.said");
    const fields = new FormData(form);
    for (const [name, value] of Object.entries({ page: this.section.dataset.page, ...said })) fields.set(name, value);
    this.#post(form.action, fields);
  }

  #post(address, fields) {
    send(address, fields, this.#find(".saved"), (page) => {
      if (page) this.#refreshed(page);
      for (const digit of this.#all(".saving")) digit.classList.remove("saving");
    });
  }
}
