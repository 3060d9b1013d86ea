// Corrections on their way: sent as the page's own forms are, one after another, so that the last one counts.

let queue = Promise.resolve();
let waiting = 0;
let latest = null;

/** Sends `fields`, and says in `saved` what the server says. `done(page)` gets the reading's page once nothing waits;
    null where nothing was kept. */
export function send(address, fields, saved, done) {
  waiting += 1;
  queue = queue.then(async () => {
    try {
      const response = await fetch(address, { method: "POST", body: fields, headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      saved.textContent = page.querySelector("#problem, .notice")?.textContent ?? "";
      saved.classList.toggle("wrong", !response.ok);
      if (response.ok) latest = page;
    } catch {
      saved.textContent = saved.dataset.away;
      saved.classList.add("wrong");
    }
    waiting -= 1;
    if (waiting) return;
    done(latest);
    latest = null;
  });
}
