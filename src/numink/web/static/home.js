// The first page: takes a picture in any way, asks the server as the form would, shows its answer in place. Several
// files or a ZIP file become a batch.

import { Drawing } from "./draw.js";
import { opened } from "./result.js";

const find = (id) => document.getElementById(id);
const form = find("read");
const parts = ["ask", "wait", "trouble", "answer", "again-row"];
let lastWay = find("file");

function show(...names) {
  for (const name of parts) find(name).hidden = !names.includes(name);
}

function say(text) {
  find("said").textContent = text;
}

function fail(text) {
  find("trouble-text").textContent = text;
  show("ask", "trouble");
  say(text);
  find("trouble").scrollIntoView({ block: "nearest" });
}

/** Sends the form with `picture` in place of its file, and shows what comes back. */
async function read(picture, name) {
  const fields = new FormData(form);
  fields.set("file", picture, name);
  show("wait");
  say(find("wait-text").textContent);
  try {
    const response = await fetch(form.action, { method: "POST", body: fields, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const result = page.getElementById("result");
    if (!response.ok || !result) {
      fail(page.getElementById("problem")?.textContent ?? form.dataset.strange);
      return;
    }
    answer(result);
  } catch {
    fail(form.dataset.away);
  } finally {
    for (const way of ["file", "shot"]) find(way).value = "";
  }
}

function answer(result) {
  const place = find("answer");
  place.replaceChildren(...result.childNodes);
  opened(place);
  show("answer", "again-row");
  say(place.querySelector("[data-said]")?.dataset.said ?? "");
  find("again").focus({ preventScroll: true });
  window.scrollTo({ top: 0 });
}

function again() {
  show("ask");
  say("");
  lastWay.focus();
}

function takeFiles(files) {
  if (!files?.length) return;
  lastWay = find("file");
  const many = files.length > 1 || isZip(files[0]);
  if (many) readMany([...files]);
  else read(files[0], files[0].name || "pasted.png");
}

function isZip(file) {
  return file.name.toLowerCase().endsWith(".zip") || file.type.includes("zip");
}

async function readMany(files) {
  show("wait");
  try {
    const { sendMany } = await import("./many.js");
    await sendMany(form, files);
  } catch (error) {
    fail((!(error instanceof TypeError) && error.message) || form.dataset.away);
    find("file").value = "";
  }
}

/** The camera of a desktop. */
function photographing() {
  const button = find("camera");
  button.hidden = !navigator.mediaDevices?.getUserMedia;
  button.addEventListener("click", async () => {
    const box = find("camera-box");
    const { takePicture } = await import("./camera.js");
    try {
      const picture = await takePicture(box);
      lastWay = button;
      if (picture) read(picture, "photo.jpg");
      else button.focus();
    } catch {
      fail(box.dataset.denied);
    }
  });
}

function dropping() {
  const place = find("drop");
  for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => event.preventDefault());
  document.addEventListener("dragover", () => place.classList.add("over"));
  document.addEventListener("dragleave", (event) => event.relatedTarget ?? place.classList.remove("over"));
  document.addEventListener("drop", (event) => {
    place.classList.remove("over");
    if (find("ask")?.hidden === false) takeFiles(event.dataTransfer.files);
  });
}

/** What the drawing says so far, without keeping it; an answer that was overtaken by another stroke is not shown. */
function glancing() {
  const place = find("glance");
  let last = 0;
  return async (drawing, empty) => {
    const turn = ++last;
    if (empty) {
      place.textContent = "";
      return;
    }
    const fields = new FormData(form);
    fields.delete("among_file");
    fields.set("file", drawing.picture(), "drawing.png");
    try {
      const response = await fetch(place.dataset.address, { method: "POST", body: fields });
      if (!response.ok || turn !== last) return;
      const { text, sure } = await response.json();
      place.textContent = text.replaceAll("\n", " ") || "–";
      place.classList.toggle("doubt", !sure);
    } catch {
      place.textContent = ""; // the server is away: Read it will say so
    }
  };
}

function drawing() {
  const buttons = ["undo", "clear", "read-drawing"].map(find);
  const glance = glancing();
  const drawing = new Drawing(
    find("paper"),
    (empty) => {
      for (const button of buttons) button.disabled = empty;
      find("draw-hint").hidden = !empty;
    },
    (empty) => glance(drawing, empty),
  );
  find("undo").addEventListener("click", () => drawing.undo());
  find("clear").addEventListener("click", () => drawing.clear());
  find("read-drawing").addEventListener("click", () => {
    lastWay = find("clear");
    read(drawing.picture(), "drawing.png");
  });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  takeFiles(find("file").files);
});
find("file").multiple = true;
for (const way of ["file", "shot"]) find(way).addEventListener("change", (event) => takeFiles(event.target.files));
find("again").addEventListener("click", again);
document.addEventListener("paste", (event) => {
  if (find("ask")?.hidden === false) takeFiles(event.clipboardData?.files);
});
dropping();
drawing();
photographing();
