// Numbers in the list and their boxes on the picture light up together.

/** For every answer inside `place`. */
export function link(place) {
  for (const result of place.querySelectorAll(".result")) {
    const light = (event) => {
      const name = event.target.closest("[data-number]")?.dataset.number;
      for (const part of result.querySelectorAll("li[data-number], g[data-number]")) {
        part.classList.toggle("lit", part.dataset.number === name);
      }
    };
    for (const kind of ["pointerover", "focusin"]) result.addEventListener(kind, light);
    result.addEventListener("pointerleave", light);
  }
}
