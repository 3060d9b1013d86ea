// Creates a batch from files chosen on the start page: announces them all, so that the server knows what to expect,
// then shows the page of the batch in place of the start page and uploads them.

import { openBatch } from "./batch.js";

/** Throws an Error with the server's message, or without one where its response is not as expected. */
export async function createBatch(form, files) {
  const fields = new FormData(form);
  fields.delete("file");
  fields.set("offers", JSON.stringify(files.map((file) => [file.name, file.size])));
  const options = { method: "POST", body: fields, headers: { Accept: "application/json" } };
  const response = await fetch(form.dataset.batches, options);
  const batch = await response.json();
  if (!response.ok) throw new Error(batch.detail);
  await showPage(batch.address);
  const root = document.getElementById("batch");
  const rows = new Map([...root.querySelectorAll("tr[data-state=awaited]")].map((row) => [row.dataset.item, row]));
  const pairs = batch.items.map((item, index) => [files[index], rows.get(item)]);
  openBatch(root)(pairs.filter(([, row]) => row));
}

async function showPage(address) {
  const page = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html");
  history.pushState(null, "", address);
  window.addEventListener("popstate", () => location.reload());
  document.title = page.title;
  document.querySelector("nav [aria-current]")?.removeAttribute("aria-current");
  document.getElementById("main").replaceChildren(...page.getElementById("main").childNodes);
  document.getElementById("main").focus();
  window.scrollTo({ top: 0 });
}
