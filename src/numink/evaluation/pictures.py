"""How good the Reader is on folders of pictures: the whole way from a photo to digits.

Two kinds of folder: sub-folders named 0 to 9 with one digit on each picture, or a table (`manifest.tsv` or
`labels.tsv`) that says what each picture holds. A picture that cannot be read counts as wrong, and as failed.
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
"""Tab-separated; the first line names the columns: file, label, and where known kind, condition, note."""
SINGLE, NOTHING = "single", "nondigit"
NO_ANSWER = -1
Progress = Callable[[int, int], None]
"""Told the pictures that are read, and those in all."""


@dataclass(frozen=True)
class Labelled:
    """A picture and what is on it: the digits of its lines in reading order, nothing where it holds none."""

    path: Path
    lines: tuple[str, ...]
    kind: str
    condition: str
    scattered: bool
    """Whether its numbers have no reading order."""


@dataclass(frozen=True)
class Score:
    """How many of the pictures of a kind and condition were read right."""

    kind: str
    condition: str
    n: int
    right: int


@dataclass(frozen=True)
class PictureReport:
    """What a folder of pictures came to. Shares are in parts of one; the interval is Wilson's at 95 %."""

    data: str
    model: str
    n: int
    right: int
    right_interval: tuple[float, float]
    failed: int
    scores: tuple[Score, ...]
    accepted: float
    """Of the pictures with digits, the share of which every number is accepted."""
    error_among_accepted: float
    milliseconds: float
    """Median time to read a picture."""
    wrong: tuple[tuple[str, str, str], ...]
    """File, what it holds, what was read."""

    @property
    def accuracy(self) -> float:
        """The share of pictures read right."""
        return self.right / self.n

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {"accuracy": self.accuracy, **asdict(self)}


def evaluate_classes(reader: Reader, folder: Path, progress: Progress) -> Report:
    """Pictures of one digit each in sub-folders 0 to 9, read as `--single`. Raises DataError for none.

    A picture without an answer counts as refused, and as wrong.
    """
    pictures = [(path, digit) for digit in range(10) for path in _pictures(folder / str(digit))]
    said = []
    for at, (path, _) in enumerate(pictures, 1):
        said.append(_single_answer(reader, path))
        progress(at, len(pictures))
    answers = Answers(
        labels=np.array([digit for _, digit in pictures], np.int64),
        guesses=np.array([guess for guess, _, _ in said], np.int64),
        confidence=np.array([confidence for _, confidence, _ in said], np.float64),
        accepted=np.array([accepted for _, _, accepted in said], bool),
        refused=np.array([guess == NO_ANSWER for guess, _, _ in said], bool),
    )
    return summarise(answers, Subject(str(folder), reader.model, reader.classifier.contract.threshold))


def evaluate_table(reader: Reader, folder: Path, progress: Progress, *, single: bool = False) -> PictureReport:
    """The pictures of a folder with a table; with `single` only those that hold one digit, read as such.

    Raises DataError where the table cannot be used.
    """
    pictures = [one for one in read_table(folder) if not single or one.kind == SINGLE]
    if not pictures:
        raise DataError(f"{folder} has no pictures that hold a single digit: leave out --single")
    pages = []
    for at, one in enumerate(pictures, 1):
        pages.append(_read(reader, one.path, single=single))
        progress(at, len(pictures))
    return _report(pictures, pages, str(folder), reader.model)


def read_table(folder: Path) -> list[Labelled]:
    """What the folder's table says. Raises DataError where it is missing, empty or has not the columns."""
    path = next((folder / name for name in TABLES if (folder / name).is_file()), None)
    if path is None:
        raise DataError(
            f"{folder} holds neither sub-folders 0 to 9, nor {' or '.join(TABLES)}, nor MNIST's files: "
            "'numink evaluate --help' says how a folder may look"
        )
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        pictures = [_labelled(folder, row) for row in rows]
    except (UnicodeDecodeError, csv.Error, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path} needs the columns file and label, apart by tabs ({error!r})") from None
    if not pictures:
        raise DataError(f"{path} names no pictures: give it a line for each")
    return pictures


def holds_classes(folder: Path) -> bool:
    """Whether `folder` has a sub-folder named like a digit."""
    return any((folder / str(digit)).is_dir() for digit in range(10))


def is_right(one: Labelled, page: Page | None) -> bool:
    """Whether the digits read, in reading order, are exactly those on the picture; no page is never right."""
    if page is None:
        return False
    numbers = [digits for part in page.text.split() if (digits := re.sub(r"\D", "", part))]
    if one.scattered:
        return sorted(numbers) == sorted(one.lines)
    return "".join(numbers) == "".join(one.lines)


def _labelled(folder: Path, row: dict[str, str]) -> Labelled:
    kind = row.get("kind") or "multi"
    return Labelled(
        path=folder / row["file"],
        lines=() if kind == NOTHING else tuple(row["label"].split("|")),
        kind=kind,
        condition=row.get("condition") or "all",
        scattered=(row.get("note") or "").startswith("SCATTERED"),
    )


def _pictures(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


def _read(reader: Reader, path: Path, *, single: bool) -> Page | None:
    """None where this picture cannot be read; the others are not touched."""
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
    right = [is_right(one, page) for one, page in zip(pictures, pages, strict=True)]
    sure = [
        good
        for one, page, good in zip(pictures, pages, right, strict=True)
        if one.kind != NOTHING and page is not None and page.numbers and all(n.accepted for n in page.numbers)
    ]
    counts = Counter((one.kind, one.condition) for one in pictures)
    hits = Counter((one.kind, one.condition) for one, good in zip(pictures, right, strict=True) if good)
    times = [page.milliseconds for page in pages if page is not None]
    return PictureReport(
        data=data, model=model, n=len(pictures), right=sum(right),
        right_interval=wilson(sum(right), len(pictures)), failed=pages.count(None),
        scores=tuple(Score(*key, counts[key], hits[key]) for key in sorted(counts)),
        accepted=len(sure) / max(sum(one.kind != NOTHING for one in pictures), 1),
        error_among_accepted=sure.count(False) / max(len(sure), 1),
        milliseconds=statistics.median(times) if times else 0.0,
        wrong=tuple(
            (one.path.name, "|".join(one.lines), "" if page is None else page.text)
            for one, page, good in zip(pictures, pages, right, strict=True) if not good
        ),
    )  # fmt: skip
