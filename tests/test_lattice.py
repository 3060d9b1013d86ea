"""The best path through a line, and how sure it is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numink.lattice import Step, best_path


def chances(digit: int | None, sure: float) -> np.ndarray:
    """`sure` for one answer (None: not a digit), the rest shared by the others."""
    out = np.full(11, (1 - sure) / 10, np.float32)
    out[10 if digit is None else digit] = sure
    return out


def read(steps: list[Step], pieces: int, marks: tuple[int, ...] = ()) -> str:
    path = best_path(steps, [1.0] * pieces, [at in marks for at in range(pieces)])
    return "".join("_" if choice.digit is None else str(choice.digit) for choice in path)


def test_an_empty_line_has_an_empty_path() -> None:
    assert best_path([], [], []) == []


def test_pieces_that_are_digits_are_read_one_by_one() -> None:
    steps = [Step(0, 1, chances(4, 0.99)), Step(1, 2, chances(7, 0.98)), Step(0, 2, chances(None, 0.99))]
    assert read(steps, 2) == "47"


def test_halves_are_put_together_where_the_whole_is_a_digit() -> None:
    steps = [Step(0, 1, chances(None, 0.9)), Step(1, 2, chances(None, 0.95)), Step(0, 2, chances(8, 0.97))]
    assert read(steps, 2) == "8"


def test_a_mark_between_digits_is_left_out() -> None:
    steps = [Step(0, 1, chances(1, 0.99)), Step(1, 2, chances(None, 0.99)), Step(2, 3, chances(5, 0.99))]
    assert read(steps, 3, marks=(1,)) == "1_5"


def test_ways_to_cut_that_agree_on_the_digit_do_not_make_it_doubtful() -> None:
    steps = [
        Step(0, 1, chances(None, 0.98)), Step(1, 2, chances(2, 0.99)), Step(0, 2, chances(2, 0.99)),
    ]  # fmt: skip
    path = best_path(steps, [0.2, 1.0], [False, False])
    assert path[-1].digit == 2
    assert path[-1].confidence > 0.97


def test_ink_that_may_be_no_digit_is_doubtful() -> None:
    half = np.full(11, 0.0, np.float32)
    half[3], half[10] = 0.5, 0.5
    assert best_path([Step(0, 1, half)], [1.0], [False])[0].confidence == pytest.approx(0.5, abs=0.02)


@given(st.lists(st.lists(st.floats(0.001, 1), min_size=11, max_size=11), min_size=1, max_size=6))
@settings(max_examples=100, deadline=None)
def test_confidences_are_probabilities_and_the_path_covers_every_piece_once(rows: list[list[float]]) -> None:
    shares = [np.array(row, np.float32) / np.float32(sum(row)) for row in rows]
    steps = [Step(at, at + 1, share) for at, share in enumerate(shares)]
    steps += [Step(at, at + 2, share) for at, share in enumerate(shares[:-1])]
    path = best_path(steps, [1.0] * len(rows), [False] * len(rows))
    covered = [piece for choice in path for piece in range(steps[choice.step].start, steps[choice.step].stop)]
    assert covered == list(range(len(rows)))
    assert all(0 <= choice.confidence <= 1 + 1e-6 and choice.digits.sum() <= 1 + 1e-6 for choice in path)
