// The numbers of an answer to the clipboard, by its button or with the key C.

/** For the answer inside `place`. */
export function copying(place) {
  for (const button of place.querySelectorAll("button.copy")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
}

async function copy(button) {
  const words = button.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Not allowed here"; // without HTTPS browsers give no clipboard
  }
  setTimeout(() => (button.textContent = words), 1500);
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key !== "c" || event.ctrlKey || event.metaKey || event.altKey || typing) return;
  const button = [...document.querySelectorAll("button.copy")].find((one) => one.offsetParent);
  if (button) copy(button);
});
