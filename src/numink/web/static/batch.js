// The page of a batch: followed until it is done; files that did not arrive are chosen again and sent.

import { Follower } from "./follow.js";
import { send } from "./upload.js";

/** For the batch inside `root`; gives what sends files, each to its row. */
export function openBatch(root) {
  const follower = new Follower(root);
  const sendThem = (pairs) => send(root, pairs, () => follower.poke());
  root.addEventListener("change", (event) => {
    if (event.target.id !== "missing") return;
    const rows = [...root.querySelectorAll("tr[data-state=awaited]")];
    const pairs = [];
    for (const file of event.target.files) {
      const at = rows.findIndex((row) => row.dataset.name === file.name);
      if (at >= 0) pairs.push([file, ...rows.splice(at, 1)]);
    }
    event.target.value = "";
    sendThem(pairs);
  });
  return sendThem;
}

const root = document.getElementById("batch");
document.documentElement.classList.add("script");
if (root) openBatch(root);
