"""A printed form with six entries, filled in by a writer: a comb, a box, fill-in lines, a date and a small table."""

from __future__ import annotations

from numpy.random import Generator

from box_kinds import print_cells
from drawing import Writer
from sheet import DrawnPaper, Rectangle, Sheet
from trouble_kinds import random_text

WIDTH, HEIGHT = 1000, 1120
DIGIT_HEIGHT = 40.0
FONT = "DejaVuSans.ttf"
ENTRIES = ("member number", "age", "weight", "amount", "date", "table")
"""Names of the entries, each of one or more fields."""
LEFT, COLUMN = 70, 400
"""Left edges of captions and of entries, in pixels."""


def fill_in_form(writer: Writer, rng: Generator, paper: type[Sheet] = Sheet) -> DrawnPaper:
    """Draw the form, filled in at random; the fields have the names of ENTRIES. A BlankSheet stays blank."""
    sheet = paper(WIDTH, HEIGHT, writer, rng, digit_height=DIGIT_HEIGHT, font=FONT)
    sheet.type("Sports club: registration of a visit", LEFT, 80, 36)
    sheet.rule(LEFT, 104, WIDTH - LEFT, 104, 3.0)
    sheet.type("Please write clearly, with a dark pen, and hand this form in at the desk.", LEFT, 140, 20)
    _comb(sheet, rng, 180)
    _box(sheet, rng, 290)
    for name, caption, unit, template, y in (
        ("weight", "Weight", "kg", "NN.N", 460), ("amount", "Amount paid", "EUR", "NN.NN", 560),
    ):  # fmt: skip
        _fill_in_line(sheet, (caption, unit), y)
        sheet.write(random_text(template, rng), COLUMN + rng.uniform(10, 120), y - rng.uniform(4, 9), name=name)
    _fill_in_line(sheet, ("Date of the visit", ""), 660)
    date = f"{rng.integers(1, 29)}.{rng.integers(1, 13)}.{rng.integers(1990, 2030)}"
    sheet.write(date, COLUMN + rng.uniform(10, 50), 660 - rng.uniform(4, 9), name="date")
    _table(sheet, rng, 730)
    sheet.type("Form V-12, page 1 of 1", LEFT, HEIGHT - 40, 18)
    return sheet.draw()


def _comb(sheet: Sheet, rng: Generator, y: float) -> None:
    sheet.type("Member number", LEFT, y + 45, 26)
    cells = print_cells(sheet, "comb", COLUMN, y, 6)
    sheet.write_in_cells(random_text("NNNNNN", rng), cells, name="member number")


def _box(sheet: Sheet, rng: Generator, y: float) -> None:
    sheet.type("Age", LEFT, y + 45, 26)
    box = Rectangle(COLUMN, y, COLUMN + 110, y + 70)
    sheet.frame(box)
    sheet.write(random_text("NN", rng), box.middle[0], y + 55, name="age", align="middle")


def _fill_in_line(sheet: Sheet, captions: tuple[str, str], y: float) -> None:
    """Print a fill-in line between two captions."""
    sheet.type(captions[0], LEFT, y, 26)
    sheet.rule(COLUMN, y, COLUMN + 380, y)
    sheet.type(captions[1], COLUMN + 400, y, 26)


def _table(sheet: Sheet, rng: Generator, top: float) -> None:
    """Print a table with a head and two named rows; three of its four cells are filled in."""
    edges, height = (LEFT, COLUMN, COLUMN + 265, WIDTH - LEFT), 80.0
    for row in range(4):
        sheet.rule(LEFT, top + row * height, WIDTH - LEFT, top + row * height)
    for edge in edges:
        sheet.rule(edge, top, edge, top + 3 * height)
    for text, edge in zip(("Course", "Hours", "Guests"), edges, strict=False):
        sheet.type(text, edge + 14, top + 50, 26)
    empty = int(rng.integers(4))
    for row, name in enumerate(("Swimming", "Tennis")):
        y = top + (row + 1) * height
        sheet.type(name, LEFT + 14, y + 50, 26)
        for column in range(2):
            cell = Rectangle(edges[column + 1], y, edges[column + 2], y + height)
            if 2 * row + column == empty:
                sheet.leave_empty(cell, "table")
            else:
                text = random_text("NNN"[: int(rng.integers(1, 4))], rng)
                x = cell.middle[0] + rng.uniform(-30, 30)
                sheet.write(text, x, y + 60 + rng.uniform(-3, 3), name="table", align="middle")
