"""A pile of copies of a form, read by its template: fields right, accepted and wrong, alignment, other pages refused.

    python benchmarks/form_pile.py [--collections ../shared/data] [--copies 50] [--others FOLDER] [--show 5]

The form is that of form_sheet.py: nine fields, by writers that are held out of training. The template is made of a
blank copy. Each copy is curled, photographed up to 20 degrees askew in perspective on a desk, with a hard shadow, blur,
noise and JPEG. The error of alignment is the greatest of the corners of all handwriting, in pixels of the reference
page. `--others` are pictures of other pages, none of which may be read as a copy.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from camera import SURFACES, Photo, take
from drawing import Handwriting
from form_sheet import COLUMN, LEFT, WIDTH, fill_in_form
from numink.errors import InputError
from numink.forms.form import FormReader
from numink.results.form import FieldReading
from numink.structure.template import DecimalSign, FieldKind, Template, TemplateField
from report import COLLECTIONS, machine, table
from sheet import BlankSheet, DrawnPaper, Field

LINE_HEIGHT = 50
"""Height of a field above its fill-in line, in pixels of the sheet."""
GREATEST_ERROR = 3.0
"""Error of alignment up to which a copy counts as aligned, in pixels of the reference page."""
Floats = NDArray[np.float32]


def template(blank: NDArray[np.uint8]) -> Template:
    """Return the template of the form, with its fields where a person would draw them."""

    def line(name: str, y: int, kind: FieldKind) -> TemplateField:
        box = (COLUMN, y - LINE_HEIGHT - 2, 380, LINE_HEIGHT)
        return TemplateField(name=name, box=box, kind=kind, decimal=DecimalSign.POINT)

    fields = [
        TemplateField(name="member number", box=(COLUMN, 180, 276, 68), kind=FieldKind.DIGITS, length=6),
        TemplateField(name="age", box=(COLUMN + 2, 292, 106, 66)),
        line("weight", 460, FieldKind.DECIMAL), line("amount", 560, FieldKind.DECIMAL),
        line("date", 660, FieldKind.DATE),
    ]  # fmt: skip
    edges = (COLUMN, COLUMN + 265, WIDTH - LEFT)
    for row in (1, 2):
        for column in (0, 1):
            box = (edges[column], 730 + 80 * row, edges[column + 1] - edges[column], 80)
            fields.append(TemplateField(name=f"table {row} {column + 1}", box=box))
    return Template.of(blank, "visit", fields)


def curled(paper: DrawnPaper, rng: Generator) -> tuple[DrawnPaper, Floats]:
    """Return a sheet that does not lie flat, and where the corners of its handwriting are then, (n, 2)."""
    height, width = paper.picture.shape[:2]
    (across, along), (first, second) = rng.uniform((0, 0), (10, 5)), rng.uniform(0.5, 1.5, 2)
    phase = rng.uniform(0, 2 * np.pi)

    def shift(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        return along * np.sin(2 * np.pi * first * y / height), across * np.sin(2 * np.pi * second * x / width + phase)

    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    right, down = shift(columns, rows)
    positions = (columns + right).astype(np.float32), (rows + down).astype(np.float32)
    picture = cv2.remap(paper.picture, *positions, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    corners = written_corners(paper)
    seen = corners.copy()
    for _ in range(10):  # the inverse, by fixed-point iteration
        seen = corners - np.stack(shift(*seen.T), axis=1)
    return replace(paper, picture=np.asarray(picture, np.uint8)), seen.astype(np.float32)


def written_corners(paper: DrawnPaper) -> Floats:
    """Return the corners of all handwriting on a sheet, float32 (n, 2)."""
    areas = [field.area for field in paper.fields]
    return np.array([(x, y) for area in areas for x in area[::2] for y in area[1::2]], np.float32)


def photo(rng: Generator, index: int) -> Photo:
    """Return how a copy is photographed; the desks follow each other by `index`."""
    return Photo(
        surface=list(SURFACES)[index % len(SURFACES)], rim=(20, 120), rotation=rng.uniform(-20, 20), perspective=0.05,
        shadow=rng.uniform(0.15, 0.5), slope=rng.uniform(0.05, 0.3), blur=rng.uniform(0.5, 1.4),
        noise=rng.uniform(2, 6), quality=int(rng.integers(50, 90)), width=int(rng.integers(1100, 2000)),
    )  # fmt: skip


def expected(field: TemplateField, written: tuple[Field, ...]) -> str:
    """Return what is written in a field of the template."""
    x, y, w, h = field.area
    inside = [
        number for number in written if x < number.area.middle[0] < x + w and y < number.area.middle[1] < y + h + 10
    ]
    return "".join(number.text for number in inside)


def count(field: FieldReading, text: str) -> Counter[str]:
    """Return in which columns of the table a field counts."""
    is_right = field.text == text
    return Counter(
        fields=1, right=is_right, accepted=field.accepted, wrong=field.accepted and not is_right, empty=not text,
        answered=not text and bool(field.text),
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--collections", type=Path, default=COLLECTIONS)
    parser.add_argument("--copies", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--others", type=Path, help="a folder of pictures of other pages")
    parser.add_argument("--show", type=int, default=0, help="print the first fields that are not right")
    options = parser.parse_args()
    print(machine())
    writers = Handwriting(options.collections).most_digits(options.copies)
    blank = fill_in_form(writers[0], np.random.default_rng(0), BlankSheet).picture
    form = template(blank)
    reader, counts, errors, wrong = FormReader([form]), Counter[str](), [], []
    started = time.process_time()
    for index in range(options.copies):
        rng = np.random.default_rng((options.seed, index))
        sheet, seen = curled(fill_in_form(writers[index % len(writers)], rng), rng)
        paper = take(sheet, photo(rng, index), rng)
        grey = cv2.cvtColor(paper.picture, cv2.COLOR_RGB2GRAY)
        alignment = reader.align(grey)
        reading = reader.read(paper.picture)
        counts["set aside"] += reading.reason is not None
        if alignment:
            back = np.linalg.inv(paper.matrix)
            positions = cv2.perspectiveTransform(
                alignment.to_copy(written_corners(sheet))[None].astype(np.float64), back
            )
            errors.append(float(np.hypot(*(positions[0] - seen).T).max()))
        for field, of_template in zip(reading.fields, form.fields, strict=False):
            text = expected(of_template, paper.fields)
            counts += count(field, text)
            if field.text != text:
                wrong.append(f"copy {index}, {field.name}: '{text}' read '{field.text}' {field.doubts}")
    seconds = time.process_time() - started
    print(*wrong[: options.show], sep="\n", end="\n" if options.show else "")
    aligned = sum(error <= GREATEST_ERROR for error in errors)
    rows: list[tuple[str, object, int]] = [
        ("copies aligned within 3 px", aligned, options.copies),
        ("copies set aside", counts["set aside"], options.copies),
        ("fields right", counts["right"], counts["fields"]), ("fields accepted", counts["accepted"], counts["fields"]),
        ("accepted and wrong", counts["wrong"], counts["accepted"]),
        ("empty fields answered", counts["answered"], counts["empty"]),
    ]  # fmt: skip
    if options.others:
        rows.append(("other pages read as copies", *refused(reader, options.others)))
    print(table(("what", "count", "of"), rows))
    print(f"{seconds / options.copies:.1f} s of processor time a copy, drawn, photographed, aligned twice and read")


def refused(reader: FormReader, folder: Path) -> tuple[int, int]:
    """Return how many pictures of a folder are read as copies, and of how many."""
    read = pictures = 0
    for path in sorted(folder.rglob("*")):
        try:
            read += reader.read(path).reason is None
            pictures += 1
        except InputError:
            continue
    return read, pictures


if __name__ == "__main__":
    main()
