// Progress of a batch: fetches the rows that have changed and replaces them in the table.

const FAST = 600;
const SLOW = 3000;

/** Refreshes the page until every file of the batch is processed. */
export class BatchProgress {
  #root;
  #timer = 0;
  #fetching = false;
  #refreshAgain = false;

  constructor(root) {
    this.#root = root;
    this.#schedule();
  }

  /** Fetches the changes now. */
  async refresh() {
    this.#refreshAgain = this.#fetching;
    if (this.#fetching) return;
    clearTimeout(this.#timer);
    this.#fetching = true;
    const warning = document.getElementById("unreachable");
    try {
      const { revision } = document.getElementById("summary").dataset;
      const response = await fetch(`${this.#root.dataset.address}?since=${revision}`);
      if (response.ok) update(this.#root, new DOMParser().parseFromString(await response.text(), "text/html"));
      warning.hidden = response.ok || response.status === 429;
      if (response.status === 404) location.reload(); // the batch was removed elsewhere
    } catch {
      warning.hidden = false;
    }
    this.#fetching = false;
    if (this.#refreshAgain) this.refresh();
    else this.#schedule();
  }

  #schedule() {
    const { open, awaited } = document.getElementById("summary").dataset;
    const uploading = this.#root.classList.contains("sending");
    const unreachable = !document.getElementById("unreachable").hidden;
    if (Number(open) === 0 && !unreachable) return;
    const active = uploading || Number(open) > Number(awaited);
    this.#timer = setTimeout(() => this.refresh(), active && !unreachable ? FAST : SLOW);
  }
}

function update(root, page) {
  const newSummary = page.getElementById("summary");
  if (!newSummary) return;
  const oldSummary = document.getElementById("summary");
  const oldInput = document.getElementById("missing");
  const focused = oldSummary.contains(document.activeElement);
  if (!focused || newSummary.dataset.open === "0") oldSummary.replaceWith(newSummary);
  else updateSummary(oldSummary, newSummary); // a focused button must not be replaced
  const newInput = document.getElementById("missing");
  if (oldInput && newInput && oldInput !== newInput) newInput.replaceWith(oldInput); // it may hold chosen files
  for (const row of page.querySelectorAll("tr[data-item]")) updateRow(root, row);
}

function updateSummary(oldSummary, newSummary) {
  Object.assign(oldSummary.dataset, newSummary.dataset);
  for (const part of [".progress-text", ".total"]) {
    oldSummary.querySelector(part).replaceWith(newSummary.querySelector(part));
  }
}

function updateRow(root, newRow) {
  const table = document.getElementById("rows");
  const rows = [...table.rows];
  const oldRow = rows.find((row) => row.dataset.item === newRow.dataset.item);
  if (oldRow) {
    const uploading = oldRow.dataset.state === "awaited" && newRow.dataset.state === "awaited";
    if (!uploading) oldRow.replaceWith(newRow); // else its progress bar is in use
    return;
  }
  const next = root.dataset.order ? null : rows.find((row) => row.dataset.order > newRow.dataset.order);
  table.insertBefore(newRow, next ?? null);
}
