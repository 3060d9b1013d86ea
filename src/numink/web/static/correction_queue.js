// Sends corrections as the forms of the page would, one after another, so that the last one wins.

let queue = Promise.resolve();
let pending = 0;
let latestPage = null;

/** Sends `fields` and shows the server's message in `status`. Once the queue is empty, `done(page)` gets the latest
    page of the reading, or null where no correction was stored. */
export function sendCorrection(address, fields, status, done) {
  pending += 1;
  queue = queue.then(async () => {
    try {
      const response = await fetch(address, { method: "POST", body: fields, headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      status.textContent = page.querySelector("#problem, .notice")?.textContent ?? "";
      status.classList.toggle("wrong", !response.ok);
      if (response.ok) latestPage = page;
    } catch {
      status.textContent = status.dataset.unreachable;
      status.classList.add("wrong");
    }
    pending -= 1;
    if (pending) return;
    done(latestPage);
    latestPage = null;
  });
}
