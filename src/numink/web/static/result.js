// Interaction with a result, on the start page and on the page of its reading.

import { enableCopy } from "./copy.js";
import { CorrectionEditor } from "./correct.js";
import { enableHighlight } from "./highlight.js";
import { addShortcut, enableShortcuts, shortcutsEnabled } from "./shortcuts.js";
import { setZooms } from "./zoom.js";

let editors = [];

/** Starts the results inside `container`, which replace earlier ones; `source` is as for `RegionReader`. */
export function openResult(container, source) {
  enableHighlight(container);
  enableCopy(container);
  editors = [...container.querySelectorAll(".result")].map((section) => new CorrectionEditor(section, update, source));
  setZooms(editors.map((editor) => editor.zoom));
  enableHelp(container.querySelector("dialog.help"));
}

/** Updates every section from the latest page of the reading. */
function update(page) {
  const sections = page.querySelectorAll(".result");
  editors.forEach((editor, index) => editor.update(sections[index]));
}

function enableHelp(dialog) {
  if (!dialog) return;
  const checkbox = dialog.querySelector(".single-keys");
  checkbox.checked = shortcutsEnabled();
  checkbox.addEventListener("change", () => enableShortcuts(checkbox.checked));
  const show = () => {
    dialog.showModal();
    dialog.scrollTop = 0; // the element that gets the focus is at the end
  };
  for (const { section } of editors) {
    section.addEventListener("click", (event) => event.target.closest("[data-action=help]") && show());
  }
  addShortcut("?", show);
}

/** The first visible editor that meets `condition`, or else the first visible one. */
const firstEditor = (condition) =>
  editors.find((editor) => editor.visible && condition(editor)) ?? editors.find((editor) => editor.visible);

addShortcut("n", () => firstEditor((editor) => editor.doubts)?.selectNext());
addShortcut("m", () => firstEditor((editor) => editor.active)?.addMissing());
addShortcut("f", () => firstEditor((editor) => editor.active)?.readRegion());
addShortcut("u", () => firstEditor((editor) => editor.active)?.undo());
