// The page of a batch: follows its progress, and uploads missing files when they are chosen again.

import { BatchProgress } from "./batch_progress.js";
import { uploadFiles } from "./upload.js";

/** Starts the page of the batch inside `root`; returns a function that uploads pairs of a file and its row. */
export function openBatch(root) {
  const progress = new BatchProgress(root);
  const upload = (pairs) => uploadFiles(root, pairs, () => progress.refresh());
  root.addEventListener("change", (event) => {
    if (event.target.id !== "missing") return;
    const rows = [...root.querySelectorAll("tr[data-state=awaited]")];
    const pairs = [];
    for (const file of event.target.files) {
      const index = rows.findIndex((row) => row.dataset.name === file.name);
      if (index >= 0) pairs.push([file, ...rows.splice(index, 1)]);
    }
    event.target.value = "";
    upload(pairs);
  });
  return upload;
}

const root = document.getElementById("batch");
if (root) openBatch(root);
