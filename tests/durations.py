"""Seconds that the test files take, for their order and for the mark `slow`."""

from __future__ import annotations

SECONDS = {
    "test_image_build.py": 55, "test_train_lines.py": 50,
    "test_architecture.py": 45, "test_web_server.py": 37, "test_train_command.py": 33,
    "test_safety_files.py": 25, "test_code_engine.py": 22, "test_epochs.py": 18,
    "test_evaluate_pictures.py": 16, "test_cascade.py": 12, "test_datasets.py": 11, "test_cloudant_faults.py": 10,
    "test_i18n.py": 10, "test_watson_classifier.py": 10, "test_evaluate.py": 10, "test_watson_notebook.py": 9,
}  # fmt: skip
"""Processor seconds of each file alone, including the start of pytest; files that are not listed take less."""
SLOW = 9
CHECKED = {"test_architecture.py", "test_doctests.py"}
"""Files that `make check` runs however long they take."""


def is_slow(file: str) -> bool:
    """Return whether all tests of a file are marked `slow`."""
    return file not in CHECKED and (SECONDS.get(file, 0) >= SLOW or file.startswith("test_browser"))
