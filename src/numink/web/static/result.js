// All that an answer can do once it is on a page, be it the first page's or its own.

import { copying } from "./copy.js";
import { command, keysAreOn, switchKeys } from "./keys.js";
import { link } from "./link.js";
import { Mending } from "./mend.js";
import { zooming } from "./zoom.js";

let mendings = [];

/** For the answers inside `place`, in place of those that were there before. */
export function opened(place) {
  link(place);
  copying(place);
  mendings = [...place.querySelectorAll(".result")].map((section) => new Mending(section, refreshed));
  zooming(mendings.map((one) => one.zoom));
  helping(place.querySelector("dialog.help"));
}

/** `page` is the reading's page as it is now: every part shows what it says. */
function refreshed(page) {
  const now = page.querySelectorAll(".result");
  mendings.forEach((one, at) => one.show(now[at]));
}

function helping(dialog) {
  if (!dialog) return;
  const box = dialog.querySelector(".single-keys");
  box.checked = keysAreOn();
  box.addEventListener("change", () => switchKeys(box.checked));
  const show = () => {
    dialog.showModal();
    dialog.scrollTop = 0; // what gets the focus is at its end
  };
  for (const { section } of mendings) {
    section.addEventListener("click", (event) => event.target.closest("[data-do=help]") && show());
  }
  command("?", show);
}

const first = (able) => mendings.find((one) => one.shown && able(one)) ?? mendings.find((one) => one.shown);

command("n", () => first((one) => one.doubts)?.next());
command("m", () => first((one) => one.active)?.miss());
command("u", () => first((one) => one.active)?.undo());
