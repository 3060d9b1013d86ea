"""CTC decoding: from probabilities at each frame to strings, and where their digits are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numink.recognition.ctc import BLANK, PARAMETERS, align, beam_search, character_probabilities, decode, merge_strings
from numink.recognition.types import LineOutput
from recognition_examples import frames


def best(strings: dict[str, float]) -> str:
    return next(iter(strings))


def test_the_same_digit_twice_needs_a_blank_between() -> None:
    assert best(beam_search(frames(4, 4))) == "4"
    assert best(beam_search(frames(4, BLANK, 4))) == "44"


def test_all_paths_that_spell_a_string_are_summed() -> None:
    """Three paths spell '7' in two frames, each with a probability of a quarter; the blank twice has the last."""
    probabilities = np.zeros((2, 11))
    probabilities[:, 7] = probabilities[:, BLANK] = 0.5

    assert list(beam_search(probabilities).items()) == [("7", pytest.approx(0.75)), ("", pytest.approx(0.25))]


@given(st.lists(st.integers(0, 9), max_size=6), st.integers(1, 3))
def test_clear_digits_are_decoded_and_aligned(digits: list[int], length: int) -> None:
    columns = [BLANK]
    for digit in digits:
        columns += [digit] * length + [BLANK]
    probabilities = frames(*columns)
    text = "".join(map(str, digits))
    ranges = align(probabilities, text)

    assert best(beam_search(probabilities)) == text
    assert [columns[first] for first, _ in ranges] == digits
    assert [last - first + 1 for first, last in ranges] == [length] * len(digits)
    assert character_probabilities(probabilities, ranges).argmax(axis=1).tolist() == digits


def test_too_few_frames_for_a_string_are_refused() -> None:
    with pytest.raises(ValueError, match="too few for '11'"):
        align(frames(1, 1), "11")


def test_strings_of_several_networks_are_averaged_at_whichever_frames_they_read_them() -> None:
    """The frames at which two networks read a digit need not be the same: averaged by frame it would fade."""
    early, late = frames(4, BLANK, BLANK, BLANK), frames(BLANK, BLANK, BLANK, 4)
    text, probability = next(iter(merge_strings([beam_search(early), beam_search(late)], (0.5, 0.5)).items()))

    assert text == "4"
    assert probability > 0.95
    assert next(iter(beam_search((early + late) / 2).values())) < 0.6
    assert best(merge_strings([beam_search(frames(1)), beam_search(frames(2))], (0.3, 0.7))) == "2"


def test_no_more_prefixes_are_followed_than_the_beam_is_wide() -> None:
    rng = np.random.default_rng(0)
    assert len(beam_search(rng.dirichlet(np.ones(11), 8))) == PARAMETERS.beam_width


def output(*networks: np.ndarray, weights: tuple[float, ...] = (1.0,)) -> LineOutput:
    return LineOutput(np.stack(networks), weights, 0.0)


def test_there_is_a_hypothesis_for_each_likely_number_of_digits() -> None:
    """The second 4 is doubtful: '4' and '44' are hypotheses, and the probability of each counts all its strings."""
    probabilities = frames(4, BLANK, BLANK)
    probabilities[2, [4, 9, BLANK]] = 0.3, 0.1, 0.591
    hypotheses = decode(output(probabilities))

    assert [hypothesis.text for hypothesis in hypotheses] == ["4", "44"]
    assert [hypothesis.probability for hypothesis in hypotheses] == pytest.approx([0.6, 0.4], abs=0.03)
    assert [len(hypothesis.characters) for hypothesis in hypotheses] == [1, 2]


def test_unlikely_numbers_of_digits_are_left_out_but_the_empty_line_is_not() -> None:
    hypotheses = decode(output(frames(4, BLANK, BLANK, confidence=0.998)))

    assert sorted(hypothesis.text for hypothesis in hypotheses) == ["", "4"]
    assert sum(hypothesis.probability for hypothesis in hypotheses) > 1 - PARAMETERS.least_length_probability


def test_characters_have_their_frame_and_probabilities() -> None:
    hypothesis = decode(output(frames(BLANK, 4, 4, BLANK, 7, BLANK)))[0]

    assert hypothesis.text == "47"
    assert [character.frame for character in hypothesis.characters] == [2.0, 4.5]
    assert [int(character.probabilities.argmax()) for character in hypothesis.characters] == [4, 7]


def test_frames_are_those_of_the_network_with_most_weight() -> None:
    early, late = frames(4, BLANK, BLANK, BLANK), frames(BLANK, BLANK, BLANK, 4)

    assert decode(output(early, late, weights=(0.7, 0.3)))[0].characters[0].frame == 0.5
    assert decode(output(early, late, weights=(0.3, 0.7)))[0].characters[0].frame == 3.5


@pytest.mark.parametrize(("second", "lengths"), [(0.03, [1, 2]), (0.012, [1])])
def test_a_number_of_digits_needs_a_probability_of_two_per_cent(second: float, lengths: list[int]) -> None:
    probabilities = frames(4, BLANK, 7, confidence=1.0)
    probabilities[2, [7, BLANK]] = second, 1 - second

    assert sorted(len(hypothesis.text) for hypothesis in decode(output(probabilities))) == lengths
