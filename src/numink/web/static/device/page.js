// The offline page: loads the readers, lets the visitor draw a digit or a number, and shows the result.

import { Drawing } from "./draw.js";
import { openLineReader } from "./line_reader.js";
import { openReader } from "./reader.js";

const find = (id) => document.getElementById(id);
const section = find("offline");
const paper = find("paper");
const parts = ["accepted", "doubt", "unchecked", "ruled", "bars"];
const numbers = (text) => text.split(" ").map(Number);
const options = {
  ...section.dataset,
  temperature: Number(section.dataset.temperature),
  threshold: Number(section.dataset.threshold),
  doubt: Number(section.dataset.doubt),
  temperatures: numbers(section.dataset.temperatures),
  weights: numbers(section.dataset.weights),
};
/** Width and height of the canvas for a digit and for a number. */
const SIZES = { digit: [640, 640], number: [960, 600] };

function showState(state) {
  find("state").textContent = find("state").dataset[state];
}

function show(...ids) {
  for (const id of parts) find(id).hidden = !ids.includes(id);
}

/** Formats a confidence as the server does: never as 100 %. */
function percent(confidence) {
  if (confidence > 0.999) return find("bars").dataset.over;
  if (confidence < 0.001) return find("bars").dataset.under;
  const digits = confidence >= 0.99 || confidence < 0.01 ? 1 : 0;
  const exact = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return `${(confidence * 100).toLocaleString(document.documentElement.lang, exact)} %`;
}

function barRow({ text, confidence }, first) {
  const row = find("bar").content.cloneNode(true);
  row.querySelector("tr").classList.toggle("best", first);
  row.querySelector("th").textContent = text;
  row.querySelector(".bar-part").setAttribute("width", Math.max(confidence * 100, 0.6).toFixed(2));
  row.querySelector(".share").textContent = percent(confidence);
  return row;
}

function showResult(result) {
  find("answer").textContent = result?.text ?? "–";
  find("answer").classList.toggle("huge", (result?.text ?? "").length <= 4);
  find("answer").classList.toggle("large", (result?.text ?? "").length > 4);
  if (!result?.text) {
    show(...(result?.ruled ? ["ruled"] : []));
    return;
  }
  if (!result.alternatives) {
    find("unchecked").querySelector(".confidence").textContent = percent(result.confidence);
    show("unchecked");
    return;
  }
  const verdict = result.accepted ? "accepted" : "doubt";
  find(verdict).querySelector(".confidence").textContent = percent(result.confidence);
  const rows = [result, ...result.alternatives].map((digit, index) => barRow(digit, index === 0));
  find("bars").tBodies[0].replaceChildren(...rows);
  show(verdict, "bars");
}

/** Returns the reader of what is drawn, `kind`; that of numbers is loaded when it is first needed. */
function readerOf(kind, digitReader) {
  if (kind === "digit") return digitReader;
  lineReader ??= openLineReader(options);
  return lineReader;
}

let lineReader = null;

function enableDrawing(digitReader) {
  let kind = "digit";
  const buttons = ["undo", "clear"].map(find);
  let latestDrawing = 0;
  async function strokeEnded(empty) {
    const drawing = ++latestDrawing;
    if (empty) {
      showResult(null);
      return;
    }
    const read = await readerOf(kind, digitReader);
    const image = paper.getContext("2d").getImageData(0, 0, paper.width, paper.height);
    const result = drawing === latestDrawing ? await read(image) : null;
    if (drawing === latestDrawing) showResult(result);
  }
  const sheet = new Drawing(
    paper,
    (empty) => {
      for (const button of buttons) button.disabled = empty;
      find("draw-hint").hidden = !empty;
    },
    (empty) => strokeEnded(empty).catch(() => showState("failed")),
  );
  for (const choice of section.querySelectorAll("input[name=kind]")) {
    choice.addEventListener("change", () => {
      kind = choice.value;
      [paper.width, paper.height] = SIZES[kind];
      paper.classList.toggle("square", kind === "digit");
      sheet.clear();
    });
  }
  find("undo").addEventListener("click", () => sheet.undo());
  find("clear").addEventListener("click", () => sheet.clear());
}

async function cachePage() {
  const address = document.querySelector("link[data-worker]")?.dataset.worker;
  if (!address || !navigator.serviceWorker) return;
  const { installing, waiting } = await navigator.serviceWorker.register(address);
  const newer = installing ?? waiting; // of another version or language: the cache still holds the old one
  while (newer && newer.state !== "activated") {
    await new Promise((resolve) => newer.addEventListener("statechange", resolve));
  }
  await navigator.serviceWorker.ready;
  showState("offline");
}

document.documentElement.classList.add("script");
find("offline-notice").hidden = location.pathname === section.dataset.page;
showState("loading");
const reader = openReader(options);
enableDrawing(reader);
try {
  await reader;
  showState("ready");
  await cachePage();
} catch {
  if (find("state").textContent === find("state").dataset.loading) showState("failed");
}
