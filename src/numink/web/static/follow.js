// How far a batch is: asks for the rows that have changed, and puts them into their places.

const OFTEN = 600;
const SELDOM = 3000;

/** Follows the batch on the page until nothing of it is left to be done; `poke` asks at once. */
export class Follower {
  #root;
  #timer = 0;
  #asking = false;
  #again = false;

  constructor(root) {
    this.#root = root;
    this.#plan();
  }

  async poke() {
    this.#again = this.#asking;
    if (this.#asking) return;
    clearTimeout(this.#timer);
    this.#asking = true;
    const away = document.getElementById("away");
    try {
      const { revision } = document.getElementById("summary").dataset;
      const response = await fetch(`${this.#root.dataset.address}?since=${revision}`);
      if (response.ok) show(this.#root, new DOMParser().parseFromString(await response.text(), "text/html"));
      away.hidden = response.ok || response.status === 429;
      if (response.status === 404) location.reload(); // it was removed elsewhere
    } catch {
      away.hidden = false;
    }
    this.#asking = false;
    if (this.#again) this.poke();
    else this.#plan();
  }

  #plan() {
    const { open, awaited } = document.getElementById("summary").dataset;
    const sending = this.#root.classList.contains("sending");
    const away = !document.getElementById("away").hidden;
    if (Number(open) === 0 && !away) return;
    const often = sending || Number(open) > Number(awaited);
    this.#timer = setTimeout(() => this.poke(), often && !away ? OFTEN : SELDOM);
  }
}

function show(root, page) {
  const summary = page.getElementById("summary");
  if (!summary) return;
  const chosen = document.getElementById("missing");
  const focused = document.getElementById("summary").contains(document.activeElement);
  if (!focused || summary.dataset.open === "0") document.getElementById("summary").replaceWith(summary);
  else refresh(document.getElementById("summary"), summary); // nobody's button is taken away under his fingers
  const now = document.getElementById("missing");
  if (chosen && now && chosen !== now) now.replaceWith(chosen);
  for (const row of page.querySelectorAll("tr[data-item]")) put(root, row);
}

function refresh(old, fresh) {
  Object.assign(old.dataset, fresh.dataset);
  for (const part of [".far", ".total"]) old.querySelector(part).replaceWith(fresh.querySelector(part));
}

function put(root, row) {
  const rows = document.getElementById("rows");
  const old = [...rows.rows].find((one) => one.dataset.item === row.dataset.item);
  if (old) {
    if (old.dataset.state === "awaited" && row.dataset.state === "awaited") return; // its bar is being filled
    old.replaceWith(row);
    return;
  }
  const after = root.dataset.order ? null : [...rows.rows].find((one) => one.dataset.order > row.dataset.order);
  rows.insertBefore(row, after ?? null);
}
