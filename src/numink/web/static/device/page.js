// The page that reads a drawn digit on this device: loads the reader, draws, shows what was read.

import { Drawing } from "./draw.js";
import { openReader } from "./reader.js";

const find = (id) => document.getElementById(id);
const place = find("device");
const paper = find("paper");
const parts = ["sure", "doubt", "ruled", "bars"];
const kept = {
  ...place.dataset,
  temperature: Number(place.dataset.temperature),
  threshold: Number(place.dataset.threshold),
  doubt: Number(place.dataset.doubt),
};

function tell(state) {
  find("state").textContent = find("state").dataset[state];
}

function show(...names) {
  for (const name of parts) find(name).hidden = !names.includes(name);
}

/** In per cent as the server writes it: never 100, which nobody can promise. */
function percent(confidence) {
  if (confidence > 0.999) return find("bars").dataset.over;
  if (confidence < 0.001) return find("bars").dataset.under;
  const digits = confidence >= 0.99 || confidence < 0.01 ? 1 : 0;
  const exact = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return `${(confidence * 100).toLocaleString(document.documentElement.lang, exact)} %`;
}

function row({ text, confidence }, first) {
  const made = find("bar").content.cloneNode(true);
  made.querySelector("tr").classList.toggle("best", first);
  made.querySelector("th").textContent = text;
  made.querySelector(".bar-part").setAttribute("width", Math.max(confidence * 100, 0.6).toFixed(2));
  made.querySelector(".share").textContent = percent(confidence);
  return made;
}

function answer(read) {
  find("answer").textContent = read?.text ?? "–";
  if (!read?.text) {
    show(...(read?.ruled ? ["ruled"] : []));
    return;
  }
  const verdict = read.accepted ? "sure" : "doubt";
  find(verdict).querySelector(".how-sure").textContent = percent(read.confidence);
  find("bars").tBodies[0].replaceChildren(...[read, ...read.alternatives].map((one, at) => row(one, at === 0)));
  show(verdict, "bars");
}

function drawing(opened) {
  const buttons = ["undo", "clear"].map(find);
  let last = 0;
  async function lifted(empty) {
    const turn = ++last;
    if (empty) {
      answer(null);
      return;
    }
    const read = await opened;
    const image = paper.getContext("2d").getImageData(0, 0, paper.width, paper.height);
    const said = turn === last ? await read(image) : null;
    if (turn === last) answer(said);
  }
  const sheet = new Drawing(
    paper,
    (empty) => {
      for (const button of buttons) button.disabled = empty;
      find("draw-hint").hidden = !empty;
    },
    (empty) => lifted(empty).catch(() => tell("failed")),
  );
  find("undo").addEventListener("click", () => sheet.undo());
  find("clear").addEventListener("click", () => sheet.clear());
}

async function keep() {
  const address = document.querySelector("link[data-worker]")?.dataset.worker;
  if (!address || !navigator.serviceWorker) return;
  const { installing, waiting } = await navigator.serviceWorker.register(address);
  const newer = installing ?? waiting; // of another version or language: what is kept so far would be the older
  while (newer && newer.state !== "activated") await new Promise((done) => newer.addEventListener("statechange", done));
  await navigator.serviceWorker.ready;
  tell("kept");
}

document.documentElement.classList.add("script");
find("away").hidden = location.pathname === place.dataset.page;
tell("loading");
const opened = openReader(kept);
drawing(opened);
try {
  await opened;
  tell("ready");
  await keep();
} catch {
  if (find("state").textContent === find("state").dataset.loading) tell("failed");
}
