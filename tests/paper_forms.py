"""Pictures of forms made by program: rules, boxes, combs and grids around numbers of pen strokes."""

from __future__ import annotations

import cv2
import numpy as np

from pictures import Grey, Sheet, blank, write

RULE_GREY = 90
"""Colour of rules."""


def draw_grid(page: Grey, columns: list[int], rows: list[int]) -> None:
    """Draw a grid of rules at the given columns and rows of pixels."""
    for x in columns:
        cv2.line(page, (x, rows[0]), (x, rows[-1]), RULE_GREY, 2)
    for y in rows:
        cv2.line(page, (columns[0], y), (columns[-1], y), RULE_GREY, 2)


def number_table(texts: list[list[str]], *, ruled: bool = True, frame: tuple[int, int] = (60, 40)) -> Grey:
    """Draw a table of numbers in cells of 170 x 90 pixels; empty texts are empty cells."""
    left, top = frame
    page = blank(Sheet(2 * left + 170 * len(texts[0]), 2 * top + 90 * len(texts)))
    for row, cells in enumerate(texts):
        for column, text in enumerate(cells):
            if text:
                page = write(text, left + 170 * column + 30, top + 90 * row + 22, 46, 5, page)
    if ruled:
        columns = [left + 170 * index for index in range(len(texts[0]) + 1)]
        draw_grid(page, columns, [top + 90 * index for index in range(len(texts) + 1)])
    return page


def box_row(text: str, *, gap: int = 0, boxes: int = 6, comb: bool = False) -> Grey:
    """Draw a row of boxes of 64 pixels with a digit in each of the first; a comb has open tops."""
    page = blank(Sheet(160 + boxes * (64 + gap), 200))
    for index in range(boxes):
        left, right = 80 + index * (64 + gap), 80 + index * (64 + gap) + 64
        if index < len(text):
            page = write(text[index], left + 18, 76, 44, 5, page)
        if comb:
            for x in (left, right):
                cv2.line(page, (x, 116), (x, 134), RULE_GREY, 2)
            cv2.line(page, (left, 134), (right, 134), RULE_GREY, 2)
        else:
            cv2.rectangle(page, (left, 64), (right, 132), RULE_GREY, 2)
    return page


def turned(page: Grey, degrees: float) -> Grey:
    """Turn a picture about its middle; paper fills the corners."""
    height, width = page.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return np.asarray(cv2.warpAffine(page, matrix, (width, height), borderValue=245), np.uint8)
