// The history: choose all readings that are shown; delete only what was chosen.

const form = document.getElementById("chosen");

if (form) {
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const all = document.getElementById("choose-all");
  const remove = document.getElementById("delete-chosen");
  const refresh = () => {
    const count = boxes.filter((box) => box.checked).length;
    remove.disabled = count === 0;
    remove.textContent = count ? `Delete the chosen ${count}` : "Delete the chosen";
    all.textContent = count === boxes.length ? "Choose none" : "Choose all here";
  };
  all.addEventListener("click", () => {
    const checked = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = checked;
    refresh();
  });
  form.addEventListener("change", refresh);
  window.addEventListener("pageshow", refresh);
}
