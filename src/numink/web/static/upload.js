// Sends the files of a batch one by one, two at a time, each with its progress; tries again as long as it takes.

const AT_ONCE = 2;
const LONGEST_WAIT = 10;
/** Answers after which trying again makes sense; 0 is none. */
const AGAIN = [0, 429, 502, 503, 504];

const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

/** `pairs` of a file and its row on the page of the batch; `sent` is called after each. */
export async function send(root, pairs, sent) {
  const waiting = [...pairs];
  const warn = (event) => event.preventDefault();
  window.addEventListener("beforeunload", warn);
  root.classList.add("sending");
  const line = async () => {
    for (let pair = waiting.shift(); pair; pair = waiting.shift()) {
      await sendOne(root, ...pair);
      sent();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, line));
  root.classList.remove("sending");
  window.removeEventListener("beforeunload", warn);
  sent();
}

async function sendOne(root, file, row) {
  for (let wait = 1; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    if (!(await readable(file))) {
      say(row, document.getElementById("gone-text").innerHTML);
      return;
    }
    const answer = await post(root, file, row);
    if (answer.status >= 200 && answer.status < 300) {
      row.remove(); // what has come of it arrives with the other changes
      return;
    }
    if (!AGAIN.includes(answer.status)) {
      say(row, answer.detail);
      return;
    }
    await pause(answer.after || wait);
  }
}

/** A file may be moved or changed after it was chosen. */
async function readable(file) {
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
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    const bar = row.querySelector("progress");
    request.upload.addEventListener("progress", ({ loaded, total }) => (bar.value = (100 * loaded) / total));
    request.addEventListener("loadend", () =>
      done({
        status: request.status,
        after: Number(request.getResponseHeader("Retry-After")) || 0,
        detail: detail(request.responseText),
      }),
    );
    request.open("POST", root.dataset.send);
    request.setRequestHeader("Accept", "application/json");
    request.send(fields);
  });
}

function detail(text) {
  try {
    return JSON.parse(text).detail ?? "";
  } catch {
    return "";
  }
}

function say(row, text) {
  row.cells[1].textContent = text;
}
