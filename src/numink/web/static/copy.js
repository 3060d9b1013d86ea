// The numbers of an answer to the clipboard, by its button or with the key C.

import { command } from "./keys.js";

/** For the answer inside `place`. */
export function copying(place) {
  for (const button of place.querySelectorAll("button.copy")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
}

async function copy(button) {
  const words = button.innerHTML;
  try {
    await navigator.clipboard.writeText(button.dataset.text);
    button.textContent = button.dataset.done;
  } catch {
    button.textContent = button.dataset.denied; // without HTTPS browsers give no clipboard
  }
  setTimeout(() => (button.innerHTML = words), 1500);
}

command("c", () => {
  const button = [...document.querySelectorAll("button.copy")].find((one) => one.offsetParent);
  if (button) copy(button);
});
