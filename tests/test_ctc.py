"""CTC decoding: from probabilities at each frame to strings, and where their digits are."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numink.recognition.alphabet import BLANK, CHARACTERS, COLUMNS
from numink.recognition.best_path import best_path
from numink.recognition.ctc import (
    PARAMETERS,
    align,
    beam_search,
    character_probabilities,
    decode_line,
    merge_strings,
)
from numink.recognition.types import LineOutput
from recognition_examples import frames, frames_of


def best(strings: dict[str, float]) -> str:
    return next(iter(strings))


def test_the_same_digit_twice_needs_a_blank_between() -> None:
    assert best(beam_search(frames(4, 4))) == "4"
    assert best(beam_search(frames(4, BLANK, 4))) == "44"


def test_all_paths_that_spell_a_string_are_summed() -> None:
    """Three paths spell '7' in two frames, each with a probability of a quarter; the blank twice has the last."""
    probabilities = np.zeros((2, BLANK + 1))
    probabilities[:, 7] = probabilities[:, BLANK] = 0.5

    assert list(beam_search(probabilities).items()) == [("7", pytest.approx(0.75)), ("", pytest.approx(0.25))]


@given(st.text(CHARACTERS, max_size=6), st.integers(1, 3))
def test_clear_characters_are_decoded_and_aligned(text: str, length: int) -> None:
    columns = [BLANK]
    for character in text:
        columns += [COLUMNS[character]] * length + [BLANK]
    probabilities = frames(*columns)
    ranges = align(probabilities, text)

    assert best(beam_search(probabilities)) == text
    assert [CHARACTERS[columns[first]] for first, _ in ranges] == list(text)
    assert [last - first + 1 for first, last in ranges] == [length] * len(text)
    assert [CHARACTERS[row.argmax()] for row in character_probabilities(probabilities, ranges)] == list(text)


def probability_of(text: str, probabilities: np.ndarray) -> float:
    """The sum over all paths, each frame's choice written out: the definition, for a few frames."""
    total = 0.0
    possible = [int(column) for column in np.flatnonzero(probabilities.any(axis=0))]
    for path in itertools.product(possible, repeat=len(probabilities)):
        collapsed = [column for column, _ in itertools.groupby(path) if column != BLANK]
        if "".join(CHARACTERS[column] for column in collapsed) == text:
            total += float(np.prod(probabilities[np.arange(len(path)), path]))
    return total


@pytest.mark.parametrize("text", ["4", "-", "4-"])
def test_probabilities_are_those_of_the_definition(text: str) -> None:
    probabilities = np.zeros((3, BLANK + 1))
    probabilities[:, [4, COLUMNS["-"], BLANK]] = [[0.5, 0.2, 0.3], [0.25, 0.25, 0.5], [0.1, 0.6, 0.3]]

    assert beam_search(probabilities)[text] == pytest.approx(probability_of(text, probabilities))


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
    assert len(beam_search(rng.dirichlet(np.ones(BLANK + 1), 8))) == PARAMETERS.beam_width


def test_of_the_characters_of_a_frame_the_likeliest_are_tried() -> None:
    probabilities = np.zeros((1, BLANK + 1))
    probabilities[0, :10], probabilities[0, BLANK] = np.linspace(0.01, 0.1, 10), 0.45

    assert sorted(beam_search(probabilities)) == ["", "2", "3", "4", "5", "6", "7", "8", "9"]
    assert PARAMETERS.most_characters == 8


@pytest.mark.parametrize(("second", "strings"), [(0.004, ["4", "47", "40", "407"]), (0.002, ["4", "47", "40"])])
def test_a_prefix_far_less_likely_than_the_best_one_is_given_up(second: float, strings: list[str]) -> None:
    """'407' has a probability of 0.000016 or 0.000004, against 1 of '4'."""
    probabilities = np.zeros((5, BLANK + 1))
    probabilities[0, 4] = probabilities[1, BLANK] = probabilities[3, BLANK] = 1
    probabilities[2, [0, BLANK]] = second, 1 - second
    probabilities[4, [7, BLANK]] = second, 1 - second

    assert sorted(beam_search(probabilities)) == sorted(strings)


def output(*networks: np.ndarray, weights: tuple[float, ...] = (1.0,)) -> LineOutput:
    return LineOutput(np.stack(networks), weights, 0.0)


def test_there_is_a_hypothesis_for_each_likely_number_of_digits() -> None:
    """The second 4 is doubtful: '4' and '44' are hypotheses, and the probability of each counts all its strings."""
    probabilities = frames(4, BLANK, BLANK)
    probabilities[2, [4, 9, BLANK]] = 0.3, 0.1, 0.591
    hypotheses = decode_line(output(probabilities)).hypotheses

    assert [hypothesis.text for hypothesis in hypotheses] == ["4", "44", ""]
    assert [hypothesis.probability for hypothesis in hypotheses] == pytest.approx([0.6, 0.4, 0.0], abs=0.03)
    assert [len(hypothesis.characters) for hypothesis in hypotheses] == [1, 2, 0]


def test_unlikely_numbers_of_digits_are_left_out_but_the_empty_line_is_not() -> None:
    hypotheses = decode_line(output(frames(4, BLANK, BLANK, confidence=0.998))).hypotheses

    assert sorted(hypothesis.text for hypothesis in hypotheses) == ["", "4"]
    assert sum(hypothesis.probability for hypothesis in hypotheses) > 1 - PARAMETERS.least_length_probability


def test_characters_have_their_frame_and_probabilities() -> None:
    hypothesis = decode_line(output(frames(BLANK, 4, 4, BLANK, 7, BLANK))).hypotheses[0]

    assert hypothesis.text == "47"
    assert [character.frame for character in hypothesis.characters] == [2.0, 4.5]
    assert [int(character.probabilities.argmax()) for character in hypothesis.characters] == [4, 7]


def test_frames_are_those_of_the_network_with_most_weight() -> None:
    early, late = frames(4, BLANK, BLANK, BLANK), frames(BLANK, BLANK, BLANK, 4)

    assert decode_line(output(early, late, weights=(0.7, 0.3))).hypotheses[0].characters[0].frame == 0.5
    assert decode_line(output(early, late, weights=(0.3, 0.7))).hypotheses[0].characters[0].frame == 3.5


@pytest.mark.parametrize(("second", "lengths"), [(0.03, [1, 2]), (0.012, [1])])
def test_a_number_of_digits_needs_a_probability_of_two_per_cent(second: float, lengths: list[int]) -> None:
    probabilities = frames(4, BLANK, 7, confidence=1.0)
    probabilities[2, [7, BLANK]] = second, 1 - second

    assert sorted(len(hypothesis.text) for hypothesis in decode_line(output(probabilities)).hypotheses) == lengths


def test_a_line_of_nothing_but_noise_has_a_hypothesis_all_the_same() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        assert decode_line(output(rng.dirichlet(np.full(BLANK + 1, 0.2), 40))).hypotheses


def test_the_likeliest_strings_of_the_whole_line_come_with_their_probabilities() -> None:
    decoded = decode_line(output(frames_of("12.50", {2: {",": 0.2}, 0: {"7": 0.1}})))

    assert [string.text for string in decoded.strings[:4]] == ["12.50", "12,50", "72.50", "72,50"]
    assert [string.probability for string in decoded.strings[:2]] == pytest.approx([0.72, 0.18], abs=0.1)
    assert decoded.hypotheses[0].text == "12.50"


def test_two_of_the_same_character_stand_apart_though_the_blank_between_is_certain() -> None:
    probabilities = frames(4, BLANK, 4)
    probabilities[1] = 0
    probabilities[1, BLANK] = 1

    assert best(beam_search(probabilities)) == "44"


def test_a_line_of_one_hundred_and_fifty_frames_is_searched_in_milliseconds() -> None:
    """It takes about 2 ms on a machine with nothing else to do."""
    probabilities = frames_of("1234567890" * 7, {index: {"7": 0.01, "I": 0.01} for index in range(70)})
    seconds = []
    for _ in range(5):
        started = time.process_time()
        beam_search(probabilities)
        seconds.append(time.process_time() - started)

    assert min(seconds) < 0.02


def test_the_best_path_is_the_likeliest_character_at_each_frame() -> None:
    output = LineOutput(frames(BLANK, 4, 4, BLANK, 4, COLUMNS["."])[None], (1.0,), 0.0)

    assert best_path(output) == "44."
