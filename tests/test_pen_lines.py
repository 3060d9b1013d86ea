"""Words as pen strokes: the layout of the file, its writers held out of training, and the case of its labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from line_material import PEN_WRITERS, WORDS
from numink.datasets.pen_lines import HELD_OUT_WRITERS, PEN_LINES_FILE, load_pen_lines
from numink.errors import DataError


def test_each_line_has_its_strokes_and_its_text(collections: Path) -> None:
    lines = load_pen_lines(collections / PEN_LINES_FILE)

    assert len(lines) == PEN_WRITERS * len(WORDS)
    assert [str(lines.text[index]) for index in range(len(WORDS))] == list(WORDS)
    strokes = lines.strokes(1)  # "total 42"
    assert all(stroke.shape[1] == 2 for stroke in strokes)
    lefts = [int(stroke[:, 0].min()) for stroke in strokes]
    assert lefts == sorted(lefts)
    assert max(lefts) > 6 * 950  # the 2 stands in the eighth place
    assert sum(len(lines.strokes(index)) for index in range(len(lines))) == len(lines.stroke_offsets) - 1


def test_sources_and_every_twelfth_writer_are_held_out(collections: Path) -> None:
    lines = load_pen_lines(collections / PEN_LINES_FILE)
    held_out = set(lines.writer[lines.held_out].tolist())
    trained = set(lines.writer[~lines.held_out].tolist())

    assert not held_out & trained
    assert set(lines.source[~lines.held_out].tolist()) == {"aga", "ced"}
    assert set(lines.writer[lines.source == "imp"].tolist()) <= held_out
    assert set(np.unique(lines.writer)[::HELD_OUT_WRITERS].tolist()) <= held_out
    assert len(held_out) == PEN_WRITERS / 3 + 2  # writer00 and writer12 are of a training source


def test_some_sources_do_not_say_which_letters_are_upper_case(collections: Path) -> None:
    lines = load_pen_lines(collections / PEN_LINES_FILE)
    reliable = {str(lines.source[index]): lines.case_is_reliable(index) for index in range(len(lines))}

    assert reliable == {"aga": True, "ced": False, "imp": True}


def test_a_missing_file_or_one_of_another_layout_is_an_error(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", points=np.zeros((2, 2)))

    with pytest.raises(DataError, match="name the folder that holds it with --collections"):
        load_pen_lines(tmp_path / "nowhere.npz")
    with pytest.raises(DataError, match="has no array"):
        load_pen_lines(tmp_path / "other.npz")
