// Commands of one key, anywhere on a page where nobody is typing. They can be switched off (WCAG 2.1.4).

const STORED = "numink-keys";
const commands = new Map();

/** `act` is done when `key` is pressed; for the part of the page that is shown. */
export function command(key, act) {
  commands.set(key, act);
}

let on = true;
try {
  on = localStorage.getItem(STORED) !== "off";
} catch {
  // a browser that keeps nothing: they are on until this page is left
}

export const keysAreOn = () => on;

export function switchKeys(wanted) {
  on = wanted;
  try {
    localStorage.setItem(STORED, on ? "on" : "off");
  } catch {
    // as above
  }
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !on) return;
  if (event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable], dialog")) return;
  const act = commands.get(event.key.length === 1 ? event.key.toLowerCase() : event.key);
  if (!act) return;
  event.preventDefault();
  act();
});
