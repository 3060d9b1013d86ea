// Highlights a number in the list and its box on the picture together.

/** Enables highlighting in every result inside `container`. */
export function enableHighlight(container) {
  for (const result of container.querySelectorAll(".result")) {
    const highlight = (event) => {
      const number = event.target.closest("[data-number]")?.dataset.number;
      for (const element of result.querySelectorAll("li[data-number], g[data-number]")) {
        element.classList.toggle("highlighted", element.dataset.number === number);
      }
    };
    for (const type of ["pointerover", "focusin"]) result.addEventListener(type, highlight);
    result.addEventListener("pointerleave", highlight);
  }
}
