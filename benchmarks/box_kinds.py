"""Papers with printed boxes and combs, filled in or left empty."""

from __future__ import annotations

from numpy.random import Generator

from drawing import Writer
from sheet import DrawnPaper, Rectangle, Sheet, row_of_cells
from trouble_kinds import random_text

PADS = (8, 16, 30)
"""Distances between a number and the box around it, in pixels."""
SHAPES = {
    # width of a cell and gap between cells in heights of a digit, width of the lines in pixels
    "underlines": (1.15, 0.0, 2.0), "comb": (1.15, 0.0, 2.0), "joined boxes": (1.15, 0.0, 2.0),
    "separate boxes": (1.15, 0.3, 2.0), "thick frame": (1.15, 0.0, 5.0), "lowered digits": (1.15, 0.0, 2.0),
    "wide boxes": (2.0, 0.0, 2.0), "wide comb": (2.0, 0.0, 2.0), "box": (1.15, 0.0, 2.0),
}  # fmt: skip


def draw_boxed(digits: int, rows: int, writer: Writer, rng: Generator, index: int) -> DrawnPaper:
    """Draw numbers in boxes of one size below each other."""
    pad = PADS[index % len(PADS)]
    sheet = Sheet(200 + 60 * digits, 100 + 150 * rows, writer, rng)
    for row in range(rows):
        area = sheet.write(random_text("N" * digits, rng), 90, 140 + 150 * row)
        sheet.frame(area.grown(min(pad, 20) if rows > 1 else pad))
    return sheet.draw()


def draw_in_cells(shape: str, writer: Writer, rng: Generator, index: int) -> DrawnPaper:
    """Draw one or two numbers of six digits, each digit in a cell; `shape` is one of SHAPES."""
    rows = 1 + index % 2
    sheet = Sheet(880, 80 + 150 * rows, writer, rng, digit_height=rng.uniform(40, 50))
    for row in range(rows):
        cells = print_cells(sheet, shape, 60, 60 + 150 * row, 6)
        drop = 0.3 * sheet.digit_height if shape == "lowered digits" else 0.0
        sheet.write_in_cells(random_text("NNNNNN", rng), cells, drop=drop)
    return sheet.draw()


def draw_empty(shape: str, writer: Writer, rng: Generator, _: int) -> DrawnPaper:
    """Draw six fields below each other: one filled in, five empty."""
    count = 1 if shape == "box" else 4
    sheet = Sheet(760, 80 + 110 * 6, writer, rng, digit_height=rng.uniform(40, 48))
    filled = int(rng.integers(6))
    for row in range(6):
        y = 50 + 110 * row
        sheet.type("Answer", 50, y + 50, 24)
        cells = print_cells(sheet, shape, 240, y, count)
        if row == filled:
            sheet.write_in_cells(random_text("N" * count, rng), cells)
        else:
            sheet.leave_empty(Rectangle(cells[0].left, cells[0].top, cells[-1].right, cells[-1].bottom))
    return sheet.draw()


def print_cells(sheet: Sheet, shape: str, left: float, top: float, count: int) -> list[Rectangle]:
    """Print cells of a shape on a sheet, and return them."""
    width, gap, line = SHAPES[shape]
    height = 1.6 * sheet.digit_height
    cells = row_of_cells(left, top, width * sheet.digit_height, height, count, gap * sheet.digit_height)
    bottom, right = cells[0].bottom, cells[-1].right
    if shape in {"comb", "wide comb"}:
        sheet.rule(left, bottom, right, bottom, line)
        for x in (*(cell.left for cell in cells), right):
            sheet.rule(x, bottom - 0.5 * height, x, bottom, line)
    elif shape == "underlines":
        sheet.rule(left, bottom, right, bottom, line)
    else:
        for cell in cells:
            sheet.frame(cell, line)
    return cells
