// The start page: takes pictures from several sources, sends them as the form would, and shows the result in place.
// Several files or a ZIP file become a batch.

import { Drawing } from "./draw.js";
import { openResult } from "./result.js";

const find = (id) => document.getElementById(id);
const form = find("read");
const sections = ["ask", "wait", "error", "answer", "read-another-row"];
let lastSource = find("file");

function show(...ids) {
  for (const id of sections) find(id).hidden = !ids.includes(id);
}

function announce(text) {
  find("announcement").textContent = text;
}

function showError(text) {
  find("error-text").textContent = text;
  show("ask", "error");
  announce(text);
  find("error").scrollIntoView({ block: "nearest" });
}

/** Sends the form with `picture` as its file, and shows the result. */
async function read(picture, name) {
  const fields = new FormData(form);
  fields.set("file", picture, name);
  show("wait");
  announce(find("wait-text").textContent);
  try {
    const response = await fetch(form.action, { method: "POST", body: fields, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const result = page.getElementById("result");
    if (!response.ok || !result) {
      showError(page.getElementById("problem")?.textContent ?? form.dataset.unexpected);
      return;
    }
    showResult(result, fields);
  } catch {
    showError(form.dataset.unreachable);
  } finally {
    for (const source of ["file", "photo"]) find(source).value = "";
  }
}

/** Shows a result; `fields` are the options and the picture, with which parts of it are read. */
function showResult(result, fields) {
  const container = find("answer");
  container.replaceChildren(...result.childNodes);
  openResult(container, fields);
  show("answer", "read-another-row");
  announce(container.querySelector("[data-announcement]")?.dataset.announcement ?? "");
  find("read-another").focus({ preventScroll: true });
  window.scrollTo({ top: 0 });
}

function readAnother() {
  show("ask");
  announce("");
  lastSource.focus();
}

function readFiles(files) {
  if (!files?.length) return;
  lastSource = find("file");
  if (files.length > 1 || isZip(files[0])) readBatch([...files]);
  else read(files[0], files[0].name || "pasted.png");
}

function isZip(file) {
  return file.name.toLowerCase().endsWith(".zip") || file.type.includes("zip");
}

async function readBatch(files) {
  show("wait");
  try {
    const { createBatch } = await import("./create_batch.js");
    await createBatch(form, files);
  } catch (error) {
    showError((!(error instanceof TypeError) && error.message) || form.dataset.unreachable);
    find("file").value = "";
  }
}

/** Enables the camera of a desktop computer. */
function enableCamera() {
  const button = find("camera");
  button.hidden = !navigator.mediaDevices?.getUserMedia;
  button.addEventListener("click", async () => {
    const dialog = find("camera-dialog");
    const { takePhoto } = await import("./camera.js");
    try {
      const photo = await takePhoto(dialog);
      lastSource = button;
      if (photo) read(photo, "photo.jpg");
      else button.focus();
    } catch {
      showError(dialog.dataset.denied);
    }
  });
}

function enableDrop() {
  const area = find("drop");
  for (const type of ["dragover", "drop"]) document.addEventListener(type, (event) => event.preventDefault());
  document.addEventListener("dragover", () => area.classList.add("over"));
  document.addEventListener("dragleave", (event) => event.relatedTarget ?? area.classList.remove("over"));
  document.addEventListener("drop", (event) => {
    area.classList.remove("over");
    if (find("ask")?.hidden === false) readFiles(event.dataTransfer.files);
  });
}

/** Returns a function that shows a preview of a drawing; responses overtaken by a newer stroke are dropped. */
function drawingPreview() {
  const output = find("preview");
  let latestRequest = 0;
  return async (drawing, empty) => {
    const request = ++latestRequest;
    if (empty) {
      output.textContent = "";
      return;
    }
    const fields = new FormData(form);
    fields.delete("among_file");
    fields.set("file", drawing.picture(), "drawing.png");
    try {
      const response = await fetch(output.dataset.address, { method: "POST", body: fields });
      if (!response.ok || request !== latestRequest) return;
      const { text, sure } = await response.json();
      output.textContent = text.replaceAll("\n", " ") || "–";
      output.classList.toggle("doubt", !sure);
    } catch {
      output.textContent = ""; // reading the drawing reports the error
    }
  };
}

function enableDrawing() {
  const buttons = ["undo", "clear", "read-drawing"].map(find);
  const preview = drawingPreview();
  const drawing = new Drawing(
    find("paper"),
    (empty) => {
      for (const button of buttons) button.disabled = empty;
      find("draw-hint").hidden = !empty;
    },
    (empty) => preview(drawing, empty),
  );
  find("undo").addEventListener("click", () => drawing.undo());
  find("clear").addEventListener("click", () => drawing.clear());
  find("read-drawing").addEventListener("click", () => {
    lastSource = find("clear");
    read(drawing.picture(), "drawing.png");
  });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  readFiles(find("file").files);
});
find("file").multiple = true;
for (const source of ["file", "photo"]) {
  find(source).addEventListener("change", (event) => readFiles(event.target.files));
}
find("read-another").addEventListener("click", readAnother);
document.addEventListener("paste", (event) => {
  if (find("ask")?.hidden === false) readFiles(event.clipboardData?.files);
});
enableDrop();
enableDrawing();
enableCamera();
