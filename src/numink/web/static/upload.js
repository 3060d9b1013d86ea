// Uploads the files of a batch, two at a time, each with a progress bar, and retries as long as necessary.

const PARALLEL_UPLOADS = 2;
const MAX_DELAY = 10;
/** Statuses after which a retry makes sense; 0 stands for no response. */
const RETRYABLE = [0, 429, 502, 503, 504];

const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** Uploads pairs of a file and its row on the page of the batch; calls `uploaded` after each. */
export async function uploadFiles(root, pairs, uploaded) {
  const queue = [...pairs];
  const warn = (event) => event.preventDefault();
  window.addEventListener("beforeunload", warn);
  root.classList.add("sending");
  const worker = async () => {
    for (let pair = queue.shift(); pair; pair = queue.shift()) {
      await uploadFile(root, ...pair);
      uploaded();
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_UPLOADS }, worker));
  root.classList.remove("sending");
  window.removeEventListener("beforeunload", warn);
  uploaded();
}

async function uploadFile(root, file, row) {
  for (let delay = 1; ; delay = Math.min(delay * 2, MAX_DELAY)) {
    if (!(await isReadable(file))) {
      showMessage(row, document.getElementById("unreadable-text").innerHTML);
      return;
    }
    const response = await post(root, file, row);
    if (response.status >= 200 && response.status < 300) {
      row.remove(); // its new row arrives with the next refresh
      return;
    }
    if (!RETRYABLE.includes(response.status)) {
      showMessage(row, response.detail);
      return;
    }
    await pause(response.retryAfter || delay);
  }
}

/** False where the file was moved or changed after it was chosen. */
async function isReadable(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

function post(root, file, row) {
  const fields = new FormData();
  fields.set("csrf_token", document.querySelector("#summary [name=csrf_token]").value);
  fields.set("item", row.dataset.item);
  fields.set("file", file, file.name);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest(); // fetch reports no progress of uploads
    const bar = row.querySelector("progress");
    request.upload.addEventListener("progress", ({ loaded, total }) => (bar.value = (100 * loaded) / total));
    request.addEventListener("loadend", () =>
      resolve({
        status: request.status,
        retryAfter: Number(request.getResponseHeader("Retry-After")) || 0,
        detail: detailOf(request.responseText),
      }),
    );
    request.open("POST", root.dataset.send);
    request.setRequestHeader("Accept", "application/json");
    request.send(fields);
  });
}

function detailOf(text) {
  try {
    return JSON.parse(text).detail ?? "";
  } catch {
    return "";
  }
}

function showMessage(row, text) {
  row.cells[1].textContent = text;
}
