"""Token probabilities: a doubt about one number of a line says nothing about another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from numink.recognition.alphabet import BLANK, COLUMNS
from numink.recognition.ctc import decode_line
from numink.recognition.token_probability import token_probability
from numink.recognition.types import LineOutput, RecognizedLine
from recognition_examples import filled, frames, recognized


def line_of(text: str, doubt: float, digit_networks: int = 0) -> RecognizedLine:
    """The line of `text`, three frames a character, whose last character may not be there with probability `doubt`."""
    probabilities = frames(*(column for character in text for column in (BLANK, COLUMNS[character], BLANK)))
    probabilities[-2, BLANK] += doubt * probabilities[-2, COLUMNS[text[-1]]]
    probabilities[-2, COLUMNS[text[-1]]] *= 1 - doubt
    networks = 1 + digit_networks
    output = LineOutput(np.stack([probabilities] * networks), (1 / networks,) * networks, 0.0, digit_networks)
    decoded = decode_line(output)
    characters = [
        replace(character, component=filled((50 * index, 0, 40, 60)))
        for index, character in enumerate(decoded.hypotheses[0].characters)
    ]
    return replace(recognized(characters, 60.0), decoded=decoded)


@pytest.mark.parametrize("field", ["length", "digits"])
def test_a_doubt_about_another_number_does_not_count(field: str) -> None:
    """`digits` is what the networks that know digits only say of the token's own digits."""
    certain, doubtful = (line_of("123456", doubt, digit_networks=1) for doubt in (0.0, 0.4))
    first, last = (
        [getattr(token_probability(line, line.best.read[part]), field) for line in (certain, doubtful)]
        for part in (slice(0, 3), slice(3, 6))
    )

    assert first[1] == pytest.approx(first[0])
    assert last[1] < 0.75 * last[0]


def test_a_token_that_is_the_whole_line_has_the_lines_probabilities() -> None:
    line = line_of("123", doubt=0.4, digit_networks=1)

    assert token_probability(line, line.best.read).length == line.best_probability
    assert token_probability(line, line.best.read).digits == line.decoded.by_digits["123"]
