"""Kinds of papers that users reported as unread, to be drawn: print, fill-in lines, frames, boxes, desks, skew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from textwrap import wrap

from numpy.random import Generator

from box_kinds import draw_boxed, draw_empty, draw_in_cells
from camera import SURFACES, Photo, take
from drawing import Writer
from sheet import DrawnPaper, Sheet
from trouble_kinds import GAPS, random_text

TITLE = "Health and safety record of the workshop for visitors and staff of all departments"
LABELS = ("Weight", "Height", "Room", "Seat", "Points", "Count", "Order", "Volume")
TITLE_LETTERS = (0, 12, 20, 28, 52)
PRINT_SIZES = (24, 32, 44)
"""Heights of print in pixels, smaller than the handwriting and as large."""
LINE_LENGTHS = (120, 200, 280, 340, 480, 660)
LINE_OFFSETS = (0.0, 8.0, 20.0)
"""Distances of a fill-in line below the baseline, in pixels."""
LATTICES = ("no lines", "outer frame", "level lines", "upright lines", "full grid", "grid to the edges")
SKEWS = (3, 6, 10, 15, 20, 30, 45)
RIMS = {"8 to 12": (8.0, 12.0), "20 to 60": (20.0, 60.0), "90 to 130": (90.0, 130.0)}
"""Least and largest width of the desk around a sheet, in pixels."""
CELLS = (
    "underlines", "comb", "joined boxes", "separate boxes", "thick frame", "lowered digits", "wide boxes", "wide comb"
)  # fmt: skip
Draw = Callable[[Writer, Generator, int], DrawnPaper]


@dataclass(frozen=True)
class PaperKind:
    """A kind of paper: draws the sample numbered `index` in a writer's hand."""

    name: str
    draw: Draw
    part: str
    """Name of the total that it counts for."""


def paper_kinds() -> list[PaperKind]:
    """Return all kinds."""
    out = [PaperKind(f"title of {count} letters", partial(_printed, count, 0), "print") for count in TITLE_LETTERS]
    out += [PaperKind(f"{count} labels", partial(_printed, 0, count), "print") for count in (4, 8)]
    out.append(PaperKind("title of 28 letters, 4 labels", partial(_printed, 28, 4), "print"))
    for length in LINE_LENGTHS:
        out.append(PaperKind(f"line of {length} px", partial(_on_lines, length, False), "fill-in line"))
    out.append(PaperKind("line of 340 px after a label", partial(_on_lines, 340, True), "fill-in line"))
    out += [PaperKind(f"12 cells, {lines}", partial(_lattice, lines), lines) for lines in LATTICES]
    for count in (1, 2, 4):
        out.append(PaperKind(f"one box, digits: {count}", partial(draw_boxed, count, 1), "box"))
    out.append(PaperKind("column of boxes", partial(draw_boxed, 2, 5), "box"))
    out += [PaperKind(f"six cells: {shape}", partial(draw_in_cells, shape), shape) for shape in CELLS]
    for shape in ("box", "comb", "joined boxes", "separate boxes"):
        out.append(PaperKind(f"empty: {shape}", partial(draw_empty, shape), "empty boxes"))
    for gap in GAPS:
        out.append(PaperKind(f"pair, gap {gap}", partial(_columns, gap, 1, 2), "neighbours"))
        out.append(PaperKind(f"columns, gap {gap}", partial(_columns, gap, 6, 3), "neighbours"))
    for surface in SURFACES:
        for pixels, rim in RIMS.items():
            photo = Photo(surface, rim)
            out.append(PaperKind(f"{surface} desk, rim of {pixels} px", partial(_photographed, photo), "rims"))
        photo = Photo(surface, (10, 90), perspective=0.04, slope=0.15)
        out.append(PaperKind(f"{surface} desk, perspective", partial(_photographed, photo), "rims"))
    for surface in ("paper", "brown"):
        for degrees in SKEWS:
            draw = partial(_skewed, surface, degrees)
            out.append(PaperKind(f"skew of {degrees} degrees, around it {surface}", draw, "skew"))
    return out


def _printed(letters: int, labels: int, writer: Writer, rng: Generator, index: int) -> DrawnPaper:
    """Draw four numbers, or as many as labels, below a title of so many letters."""
    size, title = PRINT_SIZES[index % len(PRINT_SIZES)], wrap(_first_letters(TITLE, letters), 32)
    top, rows = 130 + 60 * len(title), 4
    sheet = Sheet(880, top + 110 * rows, writer, rng)
    for line, text in enumerate(title):
        sheet.type(text, 50, 80 + 60 * line, size)
    for number in range(max(labels, rows)):
        x, y = 60 + 410 * (number // rows), top + 110 * (number % rows)
        if labels:
            sheet.type(f"{LABELS[number]}:", x, y - 4, min(size, 36))
        sheet.write(random_text("NNN"[: int(rng.integers(2, 4))], rng), x + 190 + rng.uniform(0, 20), y)
    return sheet.draw()


def _first_letters(text: str, count: int) -> str:
    """Return the start of a text that has so many letters."""
    ends = [0, *(index for index, character in enumerate(text, 1) if character.isalpha())]
    return text[: ends[count]]


def _on_lines(length: int, is_labelled: bool, writer: Writer, rng: Generator, index: int) -> DrawnPaper:
    align, offset = ("left", "middle", "right")[index % 3], LINE_OFFSETS[index // 3 % 3]
    width, rows = 1.0 + index % 2, (4, 2, 1)[index // 2 % 3]
    sheet = Sheet(60 + 200 * is_labelled + length + 60, 80 + 110 * rows, writer, rng)
    for row in range(rows):
        y, x = 110 + 110 * row, 60.0
        if is_labelled:
            x = max(sheet.type(f"{LABELS[row]}:", 40, y, 26) + 14, x)
        sheet.rule(x, y + offset, x + length, y + offset, width)
        start = {"left": x + 6, "middle": x + length / 2, "right": x + length - 6}[align]
        sheet.write(random_text("NNN"[: int(rng.integers(2, 4))], rng), start, y, align=align)
    return sheet.draw()


def _lattice(lines: str, writer: Writer, rng: Generator, _: int) -> DrawnPaper:
    """Draw 12 numbers in 4 columns and 3 rows, with some or all of a table's lines around them."""
    width, height, left, top = (round(rng.uniform(*limits)) for limits in ((135, 175), (80, 100), (40, 60), (40, 60)))
    right, bottom = left + 4 * width, top + 3 * height
    sheet = Sheet(right + left, bottom + top, writer, rng, digit_height=rng.uniform(40, 48))
    reach = max(left, top) if lines == "grid to the edges" else 0
    has_all = lines.endswith(("grid", "edges"))
    for row in range(4):
        if has_all or lines == "level lines" or (lines == "outer frame" and row in {0, 3}):
            sheet.rule(left - reach, top + row * height, right + reach, top + row * height)
    for column in range(5):
        if has_all or lines == "upright lines" or (lines == "outer frame" and column in {0, 4}):
            sheet.rule(left + column * width, top - reach, left + column * width, bottom + reach)
    for cell in range(12):
        x, y = left + (cell % 4 + 0.5) * width, top + (cell // 4 + 0.5) * height + sheet.digit_height / 2
        sheet.write(random_text("NNN"[: int(rng.integers(1, 4))], rng), x + rng.uniform(-8, 8), y, align="middle")
    return sheet.draw()


def _columns(gap: float, rows: int, columns: int, writer: Writer, rng: Generator, _: int) -> DrawnPaper:
    """Draw columns of two-digit numbers, the widest of each so many heights of a digit before the next column."""
    sheet = Sheet(150 + 170 * columns, 70 + 90 * rows, writer, rng)
    x = 50.0
    for _column in range(columns):
        areas = [sheet.write(random_text("NN", rng), x, 100 + 90 * row) for row in range(rows)]
        x = max(area.right for area in areas) + gap * sheet.digit_height
    return sheet.draw()


def _numbers(writer: Writer, rng: Generator) -> DrawnPaper:
    """Draw a sheet of six numbers."""
    sheet = Sheet(640, 470, writer, rng)
    for index in range(6):
        x, y = 90 + 280 * (index % 2) + rng.uniform(-15, 15), 130 + 130 * (index // 2)
        sheet.write(random_text("NNN"[: int(rng.integers(2, 4))], rng), x, y)
    return sheet.draw()


def _photographed(photo: Photo, writer: Writer, rng: Generator, _: int) -> DrawnPaper:
    return take(_numbers(writer, rng), photo, rng)


def _skewed(surface: str, degrees: int, writer: Writer, rng: Generator, index: int) -> DrawnPaper:
    photo = Photo(surface, (30, 60), rotation=degrees * (-1) ** index)
    return take(_numbers(writer, rng), photo, rng)
