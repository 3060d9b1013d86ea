"""Evaluation of the Reader on folders of pictures, from the picture to the digits.

A folder has sub-folders named 0 to 9 with one digit on each picture, or a table (`manifest.tsv` or `labels.tsv`) with
the digits on each picture. A picture that cannot be read counts as wrong, and as failed.
"""

from __future__ import annotations

import csv
import re
import statistics
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import DataError, InputError
from ..reader import Reader
from ..results import Page
from .digits import Answers, Report, Subject, summarise, wilson

TABLES = ("manifest.tsv", "labels.tsv")
"""Tab-separated tables; the first line names the columns: file, label, and optionally kind, condition, note."""
SINGLE, NON_DIGIT = "single", "nondigit"
NO_ANSWER = -1
Progress = Callable[[int, int], None]
"""Called with the number of pictures read, and the number in all."""


@dataclass(frozen=True)
class Labelled:
    """A picture and the digits of its lines in reading order (no lines where it holds no digits)."""

    path: Path
    lines: tuple[str, ...]
    kind: str
    condition: str
    scattered: bool
    """True where the numbers of the picture have no reading order."""


@dataclass(frozen=True)
class Score:
    """Number of pictures of a kind and condition, and of those read right."""

    kind: str
    condition: str
    n: int
    right: int


@dataclass(frozen=True)
class PictureReport:
    """Results on a folder of pictures. Shares are between 0 and 1; the interval is Wilson's at 95 %."""

    data: str
    model: str
    n: int
    right: int
    right_interval: tuple[float, float]
    failed: int
    scores: tuple[Score, ...]
    accepted: float
    """Share of the pictures with digits of which every number is accepted."""
    error_among_accepted: float
    milliseconds: float
    """Median time to read a picture, in milliseconds."""
    wrong: tuple[tuple[str, str, str], ...]
    """File name, the right digits and the digits read, of each picture read wrongly."""

    @property
    def accuracy(self) -> float:
        """Share of pictures read right."""
        return self.right / self.n

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return {"accuracy": self.accuracy, **asdict(self)}


def evaluate_classes(reader: Reader, folder: Path, progress: Progress) -> Report:
    """Evaluate pictures of one digit each in sub-folders 0 to 9, read as with `--single`.

    A picture without an answer counts as rejected, and as wrong. Raises DataError where there are no pictures.
    """
    pictures = [(path, digit) for digit in range(10) for path in _pictures(folder / str(digit))]
    outputs = []
    for count, (path, _) in enumerate(pictures, 1):
        outputs.append(_single_answer(reader, path))
        progress(count, len(pictures))
    answers = Answers(
        labels=np.array([digit for _, digit in pictures], np.int64),
        guesses=np.array([guess for guess, _, _ in outputs], np.int64),
        confidence=np.array([confidence for _, confidence, _ in outputs], np.float64),
        accepted=np.array([accepted for _, _, accepted in outputs], bool),
        refused=np.array([guess == NO_ANSWER for guess, _, _ in outputs], bool),
    )
    return summarise(answers, Subject(str(folder), reader.model, reader.classifier.contract.threshold))


def evaluate_table(reader: Reader, folder: Path, progress: Progress, *, single: bool = False) -> PictureReport:
    """Evaluate the pictures of a folder with a table; with `single` only those that hold one digit.

    Raises DataError where the table cannot be used.
    """
    pictures = [picture for picture in read_table(folder) if not single or picture.kind == SINGLE]
    if not pictures:
        raise DataError(f"{folder} has no pictures that hold a single digit: leave out --single")
    pages = []
    for count, picture in enumerate(pictures, 1):
        pages.append(_read(reader, picture.path, single=single))
        progress(count, len(pictures))
    return _report(pictures, pages, str(folder), reader.model)


def read_table(folder: Path) -> list[Labelled]:
    """Return the pictures of the folder's table. Raises DataError where it is missing, empty or lacks a column."""
    path = next((folder / name for name in TABLES if (folder / name).is_file()), None)
    if path is None:
        raise DataError(
            f"{folder} holds neither sub-folders 0 to 9, nor {' or '.join(TABLES)}, nor MNIST's files: "
            "see 'numink evaluate --help' for the folders that can be evaluated"
        )
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        pictures = [_labelled(folder, row) for row in rows]
    except (UnicodeDecodeError, csv.Error, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path} needs the columns file and label, separated by tabs ({error!r})") from None
    if not pictures:
        raise DataError(f"{path} names no pictures: add a line for each")
    return pictures


def holds_classes(folder: Path) -> bool:
    """Return whether `folder` has a sub-folder named like a digit."""
    return any((folder / str(digit)).is_dir() for digit in range(10))


def is_right(picture: Labelled, page: Page | None) -> bool:
    """Return whether the digits read, in reading order, are exactly those on the picture; False without a page."""
    if page is None:
        return False
    numbers = [digits for part in page.text.split() if (digits := re.sub(r"\D", "", part))]
    if picture.scattered:
        return sorted(numbers) == sorted(picture.lines)
    return "".join(numbers) == "".join(picture.lines)


def _labelled(folder: Path, row: dict[str, str]) -> Labelled:
    kind = row.get("kind") or "multi"
    return Labelled(
        path=folder / row["file"],
        lines=() if kind == NON_DIGIT else tuple(row["label"].split("|")),
        kind=kind,
        condition=row.get("condition") or "all",
        scattered=(row.get("note") or "").startswith("SCATTERED"),
    )


def _pictures(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


def _read(reader: Reader, path: Path, *, single: bool) -> Page | None:
    """Return the page, or None where the picture cannot be read."""
    try:
        return reader.read(path, single=single)
    except InputError:
        return None


def _single_answer(reader: Reader, path: Path) -> tuple[int, float, bool]:
    page = _read(reader, path, single=True)
    if page is None or not page.numbers:
        return NO_ANSWER, 0.0, False
    digit = page.numbers[0].digits[0]
    return int(digit.text), digit.confidence, digit.accepted


def _report(pictures: Sequence[Labelled], pages: Sequence[Page | None], data: str, model: str) -> PictureReport:
    right = [is_right(picture, page) for picture, page in zip(pictures, pages, strict=True)]
    answered = list(zip(pictures, pages, right, strict=True))
    accepted = [
        is_correct
        for picture, page, is_correct in answered
        if picture.kind != NON_DIGIT and page is not None and page.numbers and all(n.accepted for n in page.numbers)
    ]
    counts = Counter((picture.kind, picture.condition) for picture in pictures)
    hits = Counter((picture.kind, picture.condition) for picture, _, is_correct in answered if is_correct)
    times = [page.milliseconds for page in pages if page is not None]
    return PictureReport(
        data=data, model=model, n=len(pictures), right=sum(right),
        right_interval=wilson(sum(right), len(pictures)), failed=pages.count(None),
        scores=tuple(Score(*key, counts[key], hits[key]) for key in sorted(counts)),
        accepted=len(accepted) / max(sum(picture.kind != NON_DIGIT for picture in pictures), 1),
        error_among_accepted=accepted.count(False) / max(len(accepted), 1),
        milliseconds=statistics.median(times) if times else 0.0,
        wrong=tuple(
            (picture.path.name, "|".join(picture.lines), "" if page is None else page.text)
            for picture, page, is_correct in answered if not is_correct
        ),
    )  # fmt: skip
