"""Composed lines: images with the text that stands on them, left to right, by writers of one pool only."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from line_material import PEN_WRITERS, WORDS, writer_pool
from numink.datasets.unipen import HELD_OUT
from numink.recognition.alphabet import CHARACTERS, DIGITS, OTHER_MARK
from numink.recognition.line_image import LINE_IMAGE_HEIGHT
from numink.training.synthesis import lines, words
from numink.training.synthesis.line_layout import lay_out
from numink.training.synthesis.lines import compose_line, compose_strokes
from numink.training.synthesis.mixed_pages import compose_mixed_page
from numink.training.synthesis.number_parts import write_number
from numink.training.synthesis.signs import DRAWN
from numink.training.synthesis.texts import number
from numink.training.synthesis.writer_pool import WriterPool
from numink.training.synthesis.writers import DIGIT_HEIGHT, LineWriter

COMPOSE_NUMBER = lines.KINDS[1][1]


def drawn_writer(pool: WriterPool, seed: int) -> LineWriter:
    return LineWriter.draw(pool, np.random.default_rng(seed))


def only_numbers(patch: pytest.MonkeyPatch, **shares: float) -> None:
    """Let all lines be numbers, with other shares of marks on them."""
    patch.setattr(lines, "LINES", replace(lines.LINES, **shares))
    patch.setattr(lines, "KINDS", ((1.0, COMPOSE_NUMBER),))


def test_a_line_and_its_text_repeat_with_the_seed_and_differ_without(writers: WriterPool) -> None:
    first, same, other = (compose_line(writers, np.random.default_rng(seed)) for seed in (3, 3, 4))

    assert np.array_equal(first.image.pixels, same.image.pixels)
    assert (first.text, first.case_is_reliable) == (same.text, same.case_is_reliable)
    assert not np.array_equal(first.image.pixels, other.image.pixels)
    assert first.image.pixels.shape[0] == LINE_IMAGE_HEIGHT
    assert 0 <= first.image.pixels.min() <= first.image.pixels.max() <= 1


def test_lines_hold_numbers_words_other_marks_and_no_text(writers: WriterPool) -> None:
    texts = [compose_line(writers, np.random.default_rng(seed)).text for seed in range(400)]

    assert set("".join(texts)) <= set(CHARACTERS)
    assert 0.1 < np.mean([text.isdigit() for text in texts]) < 0.6
    assert np.mean([any(character.isalpha() for character in text) for text in texts]) > 0.2
    assert 0.02 < np.mean([not text for text in texts]) < 0.2
    assert any(OTHER_MARK in text for text in texts)


def test_every_character_but_the_other_mark_can_be_written(writers: WriterPool) -> None:
    writer = drawn_writer(writers, 1)
    for character in CHARACTERS.replace(OTHER_MARK, ""):
        glyph = writer.digit(int(character)) if character in DIGITS else writer.sign(character)[0]

        assert glyph.max() > 0.5, character
        assert max(glyph.shape) <= 2.5 * DIGIT_HEIGHT, character


def test_some_writers_raise_all_their_points_and_none_their_commas(writers: WriterPool) -> None:
    raised = 0
    for seed in range(120):
        writer = drawn_writer(writers, seed)
        point, comma = (np.median([writer.sign(sign)[1] for _ in range(9)]) for sign in ".,")

        assert comma > 0.7
        assert (point < 0.85) == (writer.point_rise > 0)
        raised += writer.point_rise > 0
    assert 5 <= raised <= 30


def test_only_signs_that_no_pen_wrote_need_to_be_drawn_by_program(writers: WriterPool) -> None:
    written = set(writers.sign_characters.tolist())

    assert set(CHARACTERS) - set(DIGITS) - written == set("€£×°")
    assert set("€£×°") <= set(DRAWN)
    assert {'"', "\\", OTHER_MARK} <= written


def test_labels_are_in_the_order_of_the_characters_from_left_to_right(writers: WriterPool) -> None:
    for seed in range(60):
        writer = drawn_writer(writers, seed)
        text = number(writer.rng)
        parts = write_number(writer, text)
        _, columns = lay_out(parts, writer)

        assert "".join("".join(part.text for part in parts).split()) == "".join(text.split())
        assert [right for _, right in columns] == sorted(right for _, right in columns), text


def test_a_struck_out_number_leaves_an_other_mark(writers: WriterPool, monkeypatch: pytest.MonkeyPatch) -> None:
    only_numbers(monkeypatch, struck_out=1.0, circled=0.0, number_beside=0.0, second_number=0.0)
    texts = [compose_strokes(writers, np.random.default_rng(seed)).text for seed in range(60)]

    assert all(text.count(OTHER_MARK) == 1 for text in texts)
    assert OTHER_MARK in texts  # a whole number
    assert any(text.strip(OTHER_MARK) for text in texts)  # a part of one


def test_a_circled_number_is_as_legible_as_another(writers: WriterPool, monkeypatch: pytest.MonkeyPatch) -> None:
    only_numbers(monkeypatch, struck_out=0.0, circled=1.0, number_beside=0.0, second_number=0.0)
    circled = [compose_strokes(writers, np.random.default_rng(seed)) for seed in range(20)]
    only_numbers(monkeypatch, struck_out=0.0, circled=0.0, number_beside=0.0)
    plain = [compose_strokes(writers, np.random.default_rng(seed)) for seed in range(20)]

    assert [strokes.text for strokes in circled] == [strokes.text for strokes in plain]
    assert all(ring.canvas.sum() > free.canvas.sum() + 50 for ring, free in zip(circled, plain, strict=True))


@pytest.mark.parametrize(("source", "reliable"), [("aga", True), ("ced", False)])
def test_the_case_of_letters_is_known_where_the_source_tells_it(
    writers: WriterPool, source: str, reliable: bool
) -> None:
    of_source = np.flatnonzero(writers.pen_lines.source == source)
    writer = drawn_writer(replace(writers, usable_lines=of_source), 2)
    written = [words.pen_line(writer) for _ in range(12)]

    assert {case_is_reliable for _, case_is_reliable in written} == {reliable}
    assert {part.text for part, _ in written} <= set(WORDS)


def test_lines_by_such_a_source_do_not_say_the_case(writers: WriterPool) -> None:
    composed = [compose_strokes(writers, np.random.default_rng(seed)) for seed in range(300)]
    unknown = [strokes for strokes in composed if not strokes.case_is_reliable]

    assert unknown
    assert all(any(word in strokes.text for word in WORDS) for strokes in unknown)


def test_held_out_writers_are_in_no_training_pool(writers: WriterPool, collections: Path) -> None:
    other = writer_pool(collections, held_out=True)
    pen_writers = [set(pool.pen_lines.writer[pool.usable_lines].tolist()) for pool in (writers, other)]

    assert not pen_writers[0] & pen_writers[1]
    assert len(pen_writers[0] | pen_writers[1]) == PEN_WRITERS
    assert len(pen_writers[1]) >= PEN_WRITERS / 3  # a source of three, and some writers of the others
    for pool, held_out in ((writers, False), (other, True)):
        for strokes, usable in ((pool.strokes, pool.usable), (pool.signs, pool.usable_signs)):
            assert set(np.isin(strokes.source[usable], HELD_OUT).tolist()) == {held_out}


def test_connected_zeros_are_one_component_that_widens_with_their_number(writers: WriterPool) -> None:
    drawn = (drawn_writer(writers, seed) for seed in range(400))
    writer = next(
        candidate for candidate in drawn if candidate.is_fast and candidate.connects_zeros and candidate.pen < 6
    )
    glyphs = {count: [writer.zeros(count) for _ in range(12)] for count in (2, 5)}
    components = [cv2.connectedComponents((glyph > 0.3).astype(np.uint8))[0] - 1 for glyph in glyphs[5]]
    heights, widths = ({count: np.median([glyph.shape[axis] for glyph in glyphs[count]]) for count in glyphs}
                       for axis in (0, 1))  # fmt: skip

    assert set(components) == {1}
    assert widths[5] > 1.8 * widths[2]
    assert heights[5] < 1.4 * heights[2]


def test_a_mixed_page_holds_its_lines_without_those_parts_that_are_struck_out(writers: WriterPool) -> None:
    pages = [compose_mixed_page(writers, np.random.default_rng(seed)) for seed in range(8)]

    assert all(page.picture.dtype == np.uint8 and page.picture.min() < 120 for page in pages)
    assert not any(OTHER_MARK in text for page in pages for text in page.texts)
    page = next(page for page in pages if any(len(text) > 3 for text in page.texts))
    text = next(text for text in page.texts if len(text) > 3)
    assert page.holds(" ".join(text))
    assert not page.holds(text + "0000")
