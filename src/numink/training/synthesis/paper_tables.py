"""Tables, squared puzzles, answer bubbles and handwritten blocks of composed pages; see `paper_blocks.py`."""

from __future__ import annotations

import cv2
import numpy as np

from . import printed_matter as matter
from .handwriting_bank import scaled_character
from .paper_blocks import PageHand, dotted_rule
from .paper_canvas import line, put


def table(page: PageHand, left: float, top: float, right: float) -> float:
    """Draw a table with a printed head; its cells are written, printed or empty, its rules all there, some or none."""
    rng = page.rng
    widths = rng.uniform(0.4, 1.6, int(rng.integers(2, 7)))
    columns = left + np.concatenate([[0], np.cumsum(widths / widths.sum())]) * (right - left)
    height = max(page.digit_height * rng.uniform(1.2, 2.0), page.type_size * 1.2)
    rows = top + np.arange(int(rng.integers(2, 12)) + 1) * height
    _rule_table(page, columns, rows)
    kinds = rng.choice(["written", "printed", "empty"], len(widths), p=[0.6, 0.22, 0.18])
    has_head = rng.random() < 0.8
    for column, kind in enumerate(kinds.tolist()):
        start, width = columns[column], columns[column + 1] - columns[column]
        for row in range(len(rows) - 1):
            x = start + width * (rng.uniform(0.03, 0.35) if rng.random() < 0.7 else rng.uniform(0.3, 0.6))
            if row == 0 and has_head:
                page.print(matter.caption(rng), start + width * 0.05, rows[row] + height * rng.uniform(0.15, 0.4))
            elif kind == "printed":
                text = matter.number(rng) if rng.random() < 0.6 else matter.sentence(page.bank.vocabulary, rng, 1)
                page.print(text, x, rows[row] + height * rng.uniform(0.15, 0.4))
            elif kind == "written" and rng.random() < page.filled:
                page.write(x, rows[row] + height * rng.uniform(0.75, 1.0), start + width * 1.05 - x)
    return float(rows[-1]) + height * rng.uniform(0.3, 1.0)


def _rule_table(page: PageHand, columns: np.ndarray, rows: np.ndarray) -> None:
    rng, kind = page.rng, page.rng.random()
    is_hand_drawn = rng.random() < 0.1
    wobble = page.digit_height * 0.12 if is_hand_drawn else 0.0
    for row in rows if kind < 0.85 else rows[:2]:
        if kind > 0.7 and rng.random() < 0.5:
            dotted_rule(page, columns[0], columns[-1], row)
        else:
            shift = rng.normal(0, wobble, 2) if wobble else np.zeros(2)
            page.draw_rule((columns[0], row + shift[0]), (columns[-1], row + shift[1]))
    if kind < 0.7:
        for column in columns:
            shift = rng.normal(0, wobble, 2) if wobble else np.zeros(2)
            page.draw_rule((column + shift[0], rows[0]), (column + shift[1], rows[-1]))
    if rng.random() < 0.2:  # a tinted head or column
        first, last = int(rows[0]), int(rows[1])
        page.canvas.shade[max(first, 0) : max(last, 0), max(int(columns[0]), 0) : int(columns[-1])] *= rng.uniform(
            0.6, 1
        )


def puzzle(page: PageHand, left: float, top: float, right: float) -> float:
    """Draw a squared puzzle: printed digits in some cells, written ones in others."""
    rng = page.rng
    cell = max(page.digit_height * rng.uniform(1.25, 2.2), 10)
    count = int(np.clip((right - left) // cell, 2, 9))
    size = max(round(cell * rng.uniform(0.55, 0.85)), 8)
    writer, share = page.bank.writer(rng), rng.uniform(0.2, 0.6)
    for index in range(count + 1):
        thickness = page.rule * (2.2 if index % 3 == 0 else 1.0)
        level = 255 if index % 3 == 0 else int(rng.integers(120, 256))
        offset, end = index * cell, count * cell
        line(page.canvas.rules, (left + offset, top), (left + offset, top + end), level, thickness)
        line(page.canvas.rules, (left, top + offset), (left + end, top + offset), level, thickness)
    for row in range(count):
        for column in range(count):
            x, y = left + column * cell, top + row * cell
            if rng.random() < share:
                patch = page.heading.set(str(rng.integers(1, 10)), size)
                put(page.canvas.printed, patch, x + (cell - patch.shape[1]) / 2, y + (cell - patch.shape[0]) / 2)
            elif rng.random() < page.filled:
                glyph = scaled_character(writer[int(rng.integers(20))], page.digit_height * rng.uniform(0.8, 1.1))
                x += (cell - glyph.shape[1]) / 2 + rng.normal(0, 0.1) * cell
                put(page.canvas.handwriting, glyph, x, y + (cell - glyph.shape[0]) / 2 + rng.normal(0, 0.08) * cell)
    return top + count * cell + page.type_size


def bubbles(page: PageHand, left: float, top: float, right: float) -> float:
    """Draw rows of rings with a printed character in each, some filled in by hand."""
    rng, size = page.rng, max(round(page.type_size * page.rng.uniform(1.0, 1.6)), 9)
    pitch = size * rng.uniform(1.3, 2.2)
    columns = int(np.clip((right - left) // pitch, 1, 12))
    for row in range(int(rng.integers(2, 10))):
        for column in range(columns):
            centre = (round(left + (column + 0.5) * pitch), round(top + (row + 0.5) * pitch))
            cv2.circle(page.canvas.printed, centre, size // 2, 255, max(round(page.rule), 1), cv2.LINE_AA)
            if rng.random() < 0.12 * page.filled:
                cv2.circle(page.canvas.handwriting, centre, round(size * rng.uniform(0.35, 0.55)), 255, -1, cv2.LINE_AA)
            else:
                patch = page.typeface.set(str(rng.choice(list("0123456789ABCDE"))), max(round(size * 0.6), 6))
                put(page.canvas.printed, patch, centre[0] - patch.shape[1] / 2, centre[1] - patch.shape[0] / 2)
        bottom = top + (row + 1) * pitch
    return bottom + page.type_size


def written_lines(page: PageHand, left: float, top: float, right: float) -> float:
    """Write one to four free lines, ruled or not; numbers stand in a row with gaps at times."""
    rng, pitch = page.rng, page.digit_height * page.rng.uniform(1.3, 2.4)
    is_ruled = rng.random() < 0.3
    for _ in range(int(rng.integers(1, 5))):
        baseline, x = top + page.digit_height * 1.15, left + rng.uniform(0, 0.3) * (right - left)
        while x < right - page.digit_height:
            x += page.write(x, baseline + rng.normal(0, 0.05) * page.digit_height, right - x + page.digit_height)
            x += page.digit_height * rng.uniform(0.6, 4)
            if rng.random() < 0.4:
                break
        if is_ruled:
            page.draw_rule((left, baseline + page.digit_height * 0.1), (right, baseline + page.digit_height * 0.1))
        top += pitch
    return top + page.digit_height * 0.4


def picture_block(page: PageHand, left: float, top: float, right: float) -> float:
    """Draw a photograph, a logo, a stamp or a bar code."""
    rng, kind = page.rng, page.rng.random()
    height = round(page.type_size * rng.uniform(3, 9))
    width = round(min(height * rng.uniform(0.6, 2.5), right - left))
    if kind < 0.3 and width > 8:
        x, y = round(left + rng.uniform(0, max(right - left - width, 1))), round(top)
        _photograph(page, x, y, width, height)
    elif kind < 0.6:
        put(page.canvas.printed, matter.logo(page.heading, max(height // 3, 8), rng), left, top)
    elif kind < 0.8:
        words = [
            matter.sentence(page.bank.vocabulary, rng, int(rng.integers(1, 3))) for _ in range(int(rng.integers(1, 4)))
        ]
        put(page.canvas.printed, matter.stamp(page.heading, words, page.type_size, rng), left, top)
    elif width > 8:
        put(page.canvas.printed, matter.bar_code(height // 2, width, rng), left, top)
    return top + height + page.type_size


def _photograph(page: PageHand, left: int, top: int, width: int, height: int) -> None:
    """Shade a rectangle like a photograph: smooth forms, edges and grain."""
    rng = page.rng
    coarse, fine = (
        cv2.resize(
            rng.uniform(0.1, 1.0, (int(n), int(n))).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
        )
        for n in (rng.integers(2, 6), rng.integers(8, 30))
    )
    forms = np.zeros((height, width), np.float32)
    for _ in range(int(rng.integers(1, 7))):
        points = (rng.uniform(0, 1, (4, 2)) * (width, height)).astype(np.int32)
        cv2.fillPoly(forms, [points], float(rng.uniform(-0.5, 0.5)))
    shade = np.clip(0.6 * coarse + 0.4 * fine + forms, 0.05, 1.0)
    page.canvas.clear(left, top, left + width, top + height)
    rows = slice(max(top, 0), max(min(top + height, page.canvas.side), 0))
    columns = slice(max(left, 0), max(min(left + width, page.canvas.side), 0))
    page.canvas.shade[rows, columns] *= shade[
        rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
    ]
