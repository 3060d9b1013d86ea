// The history: selects all readings of the page, and enables the delete button where some are selected.

const form = document.getElementById("selection");

if (form) {
  const checkboxes = [...form.querySelectorAll("input[type=checkbox]")];
  const selectAll = document.getElementById("select-all");
  const deleteSelected = document.getElementById("delete-selected");
  const labels = { selectAll: selectAll.textContent, deleteSelected: deleteSelected.textContent };
  const refresh = () => {
    const count = checkboxes.filter((checkbox) => checkbox.checked).length;
    deleteSelected.disabled = count === 0;
    deleteSelected.textContent = count ? deleteSelected.dataset.counted.replace("#", count) : labels.deleteSelected;
    selectAll.textContent = count === checkboxes.length ? selectAll.dataset.deselect : labels.selectAll;
  };
  selectAll.addEventListener("click", () => {
    const checked = checkboxes.some((checkbox) => !checkbox.checked);
    for (const checkbox of checkboxes) checkbox.checked = checked;
    refresh();
  });
  form.addEventListener("change", refresh);
  window.addEventListener("pageshow", refresh);
}
