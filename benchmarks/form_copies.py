"""Copies of a form, filled in by different writers and photographed by program: entries right, accepted and wrong.

    python benchmarks/form_copies.py [--collections ../shared/data] [--copies 20] [--show 5] [--pictures FOLDER]

The form is that of form_sheet.py, six entries each, by writers that are held out of training; the photo has
perspective, a desk, a shadow, blur, noise and JPEG. An entry is right where each of its numbers was read at its place,
its empty cells without an answer; accepted and wrong where another number was accepted there.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.random import Generator
from PIL import Image

from camera import SURFACES, Photo, take
from drawing import Handwriting, Writer
from field_grades import FieldGrade, grade
from form_sheet import ENTRIES, fill_in_form
from numink import Reader
from paper_troubles import failures
from report import COLLECTIONS, machine, table
from sheet import DrawnPaper


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--collections", type=Path, default=COLLECTIONS)
    parser.add_argument("--copies", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, help="print the first wrong fields")
    parser.add_argument("--pictures", type=Path, help="leave the pictures in this folder")
    options = parser.parse_args()
    print(machine())
    writers, reader = Handwriting(options.collections).most_digits(options.copies), Reader()
    entries: dict[str, list[list[FieldGrade]]] = defaultdict(list)
    elsewhere, wrong = 0, []
    for copy in range(options.copies):
        paper = photographed_form(writers[copy % len(writers)], np.random.default_rng((options.seed, copy)), copy)
        graded = grade(reader.read(paper.picture), paper)
        for name in ENTRIES:
            entries[name].append([field for field in graded.fields if field.field.name == name])
        elsewhere += graded.elsewhere
        wrong += [f"copy {copy}: {line}" for line in failures(graded)]
        if options.pictures:
            options.pictures.mkdir(parents=True, exist_ok=True)
            Image.fromarray(paper.picture).save(options.pictures / f"{copy:02}.png")
    print(*wrong[: options.show], sep="\n", end="\n" if options.show else "")
    entries["all"] = [fields for name in ENTRIES for fields in entries[name]]
    rows = [
        (name, len(graded), *(sum(map(count, graded)) for count in (_is_right, _is_accepted, _is_wrong)))
        for name, graded in entries.items()
    ]
    rows.append(("numbers accepted elsewhere", "", "", "", elsewhere))
    print(table(("entry", "n", "right", "right and accepted", "accepted and wrong"), rows))


def photographed_form(writer: Writer, rng: Generator, index: int) -> DrawnPaper:
    """Draw the form filled in by a writer as a phone's photo shows it; the desks follow each other by `index`."""
    photo = Photo(
        surface=list(SURFACES)[index % len(SURFACES)], rim=(20, 120), rotation=rng.uniform(-4, 4), perspective=0.03,
        shadow=rng.uniform(0.15, 0.4), slope=rng.uniform(0.05, 0.25), blur=rng.uniform(0.5, 1.1),
        noise=rng.uniform(2, 5), quality=int(rng.integers(55, 90)), width=int(rng.integers(1100, 1800)),
    )  # fmt: skip
    return take(fill_in_form(writer, rng), photo, rng)


def _is_right(fields: list[FieldGrade]) -> bool:
    return all(field.right for field in fields)


def _is_accepted(fields: list[FieldGrade]) -> bool:
    return _is_right(fields) and all(field.accepted for field in fields if field.field.text)


def _is_wrong(fields: list[FieldGrade]) -> bool:
    return any(field.wrong for field in fields)


if __name__ == "__main__":
    main()
