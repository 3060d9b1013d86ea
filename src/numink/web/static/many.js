// Several files or a ZIP file from the first page: announced, so that the server knows them all, then sent on the
// batch's own page, which takes the place of this one, so that loading it again shows the same.

import { openBatch } from "./batch.js";

/** Raises Error with a sentence, or without where the server did not answer as it should. */
export async function sendMany(form, files) {
  const fields = new FormData(form);
  fields.delete("file");
  fields.set("offers", JSON.stringify(files.map((file) => [file.name, file.size])));
  const made = await fetch(form.dataset.batches, { method: "POST", body: fields, headers: { Accept: "application/json" } });
  const answer = await made.json();
  if (!made.ok) throw new Error(answer.detail);
  const page = new DOMParser().parseFromString(await (await fetch(answer.address)).text(), "text/html");
  history.pushState(null, "", answer.address);
  window.addEventListener("popstate", () => location.reload());
  document.title = page.title;
  document.querySelector("nav [aria-current]")?.removeAttribute("aria-current");
  document.getElementById("main").replaceChildren(...page.getElementById("main").childNodes);
  document.getElementById("main").focus();
  window.scrollTo({ top: 0 });
  const root = document.getElementById("batch");
  const rows = new Map([...root.querySelectorAll("tr[data-state=awaited]")].map((row) => [row.dataset.item, row]));
  const pairs = answer.items.map((item, at) => [files[at], rows.get(item)]);
  openBatch(root)(pairs.filter(([, row]) => row));
}
