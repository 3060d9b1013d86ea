// The history: choose all readings that are shown; delete only what was chosen.

const form = document.getElementById("chosen");

if (form) {
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const all = document.getElementById("choose-all");
  const remove = document.getElementById("delete-chosen");
  const words = { all: all.textContent, remove: remove.textContent };
  const refresh = () => {
    const count = boxes.filter((box) => box.checked).length;
    remove.disabled = count === 0;
    remove.textContent = count ? remove.dataset.some.replace("#", count) : words.remove;
    all.textContent = count === boxes.length ? all.dataset.none : words.all;
  };
  all.addEventListener("click", () => {
    const checked = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = checked;
    refresh();
  });
  form.addEventListener("change", refresh);
  window.addEventListener("pageshow", refresh);
}
