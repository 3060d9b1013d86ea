// Copies the numbers of a reading to the clipboard, with a button or the key C.

import { addShortcut } from "./shortcuts.js";

/** Enables the copy buttons inside `container`. */
export function enableCopy(container) {
  for (const button of container.querySelectorAll("button.copy")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
}

async function copy(button) {
  const label = button.innerHTML;
  try {
    await navigator.clipboard.writeText(button.dataset.text);
    button.textContent = button.dataset.done;
  } catch {
    button.textContent = button.dataset.denied; // browsers allow it over HTTPS only
  }
  setTimeout(() => (button.innerHTML = label), 1500);
}

addShortcut("c", () => {
  const button = [...document.querySelectorAll("button.copy")].find((candidate) => candidate.offsetParent);
  if (button) copy(button);
});
