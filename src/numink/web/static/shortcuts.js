// Single-key shortcuts, active wherever nobody is typing. They can be switched off (WCAG 2.1.4).

const STORAGE_KEY = "numink-keys";
const actions = new Map();

/** Calls `action` when `key` is pressed. */
export function addShortcut(key, action) {
  actions.set(key, action);
}

let enabled = true;
try {
  enabled = localStorage.getItem(STORAGE_KEY) !== "off";
} catch {
  // without storage the choice lasts until the page is left
}

export const shortcutsEnabled = () => enabled;

export function enableShortcuts(value) {
  enabled = value;
  try {
    localStorage.setItem(STORAGE_KEY, enabled ? "on" : "off");
  } catch {
    // as above
  }
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !enabled) return;
  if (event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable], dialog")) return;
  const action = actions.get(event.key.length === 1 ? event.key.toLowerCase() : event.key);
  if (!action) return;
  event.preventDefault();
  action();
});
