"""Constrained decoding: what is known of the numbers says where they end, and none is invented."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numink.recognition.alphabet import CHARACTERS, COLUMNS
from numink.recognition.constrained_beam import SearchBudget
from numink.recognition.constrained_decoding import Break, decode_constrained
from numink.recognition.constraints import Constraints
from numink.recognition.ctc import decode_line
from numink.recognition.types import DecodedLine, LineHypothesis, LineOutput
from recognition_examples import frames, frames_of, noisy

GAP = "   "
"""Spaces of a text, which stand for frames of blanks."""


def breaks_of(text: str) -> list[Break]:
    """Return the gaps of a text, in the frames of `frames_of`."""
    starts = [index for index in range(len(text)) if text.startswith(GAP, index)]
    return [Break(2 * (start + 1) + 1) for start in starts]


def read(text: str, constraints: Constraints, doubts: dict[int, dict[str, float]] | None = None) -> DecodedLine:
    """Decode a line whose numbers stand wide apart."""
    spaced = text.replace(" ", GAP)
    output = LineOutput(frames_of(spaced, doubts)[None], (1.0,), 0.0)
    return decode_constrained(output, breaks_of(spaced), constraints)


def texts(line: DecodedLine) -> list[str]:
    return [number.text for number in line.numbers]


def hypothesis(line: DecodedLine) -> LineHypothesis:
    (only,) = line.hypotheses
    return only


def satisfied(line: DecodedLine) -> list[bool]:
    return [number.satisfied for number in line.numbers]


@pytest.mark.parametrize("written", ["1 2 3 4 5 6", "12 34 56", "123 456", "1 23456", "123456"])
def test_a_pattern_joins_digits_that_stand_far_apart(written: str) -> None:
    line = read(written, Constraints(pattern=r"\d{6}"))

    assert texts(line) == ["123456"]
    assert satisfied(line) == [True]


def test_numbers_that_each_satisfy_it_stay_apart() -> None:
    four = ["17", "337", "7274", "434"]

    assert texts(read(" ".join(four), Constraints(pattern=r"\d{2,4}"))) == four
    assert texts(read(" ".join(four), Constraints(pattern=r"\d+"))) == four
    assert texts(read("123 456 789 012", Constraints(pattern=r"\d{6}"))) == ["123456", "789012"]
    assert [number.start for number in read("123 456 78 9", Constraints(pattern=r"\d+")).numbers] == [0, 3, 6, 8]


def test_a_word_beside_a_number_is_read_and_does_not_satisfy() -> None:
    line = read("Total 123 456", Constraints(pattern=r"\d{6}"))

    assert texts(line) == ["Total", "123456"]
    assert satisfied(line) == [False, True]


def test_an_unsure_gap_is_joined_sooner_than_a_sure_one() -> None:
    output = LineOutput(frames_of("12   34")[None], (1.0,), 0.0)
    constraints = Constraints(pattern=r"\d{2}|\d{4}")

    assert texts(decode_constrained(output, [Break(7, 0.9)], constraints)) == ["12", "34"]
    assert texts(decode_constrained(output, [Break(7, 0.1)], constraints)) == ["1234"]


def test_a_check_digit_decides_between_what_it_might_be() -> None:
    line = read("79927398718", Constraints(check="luhn"), {10: {"3": 0.35}})
    (number,) = line.numbers

    assert number.text == hypothesis(line).text == "79927398713"
    assert number.probability > 0.9
    assert 0.2 < number.prior < 0.5


def test_an_iban_in_groups_of_four_is_one_number() -> None:
    line = read("DE89 3704 0044 0532 O130 00", Constraints(check="iban"), {7: {"8": 0.6}})

    assert texts(line) == ["DE89370400440532013000"]


def test_nothing_is_invented_where_nothing_plausible_satisfies_it() -> None:
    for constraints in (Constraints(check="luhn"), Constraints(pattern=r"\d{6}"), Constraints(among=["123"])):
        line = read("79927398718", constraints)

        assert texts(line) == ["79927398718"]
        assert satisfied(line) == [False]
        assert line.numbers[0].prior == 0


@pytest.mark.parametrize("text", ["5", "31", "a"])
def test_what_satisfies_nothing_is_not_dropped(text: str) -> None:
    """Though each of its characters may be nothing at all with a probability of 0.01."""
    line = read(text, Constraints(pattern=r"\d{6}"), {index: {" ": 0.01} for index in range(len(text))})

    assert (texts(line), satisfied(line)) == ([text], [False])


@pytest.mark.parametrize(("end", "expected"), [(0.4, ["31"]), (0.6, ["3", "1"])])
def test_what_satisfies_nothing_is_parted_at_wide_gaps_only(end: float, expected: list[str]) -> None:
    output = LineOutput(frames_of("3 1")[None], (1.0,), 0.0)
    line = decode_constrained(output, [Break(3, end)], Constraints(among=["44"]))

    assert (texts(line), hypothesis(line).text) == (expected, "31")
    assert sum(string.probability for string in line.numbers[0].strings) == pytest.approx(1, abs=0.02)


def test_characters_have_the_frames_at_which_they_are_read() -> None:
    line = read("1O 2", Constraints(pattern=r"\d{3}"))

    assert hypothesis(line).text == "102"
    assert [character.frame for character in hypothesis(line).characters] == [1.5, 3.5, 11.5]


def test_characters_have_their_probabilities_among_the_strings_that_satisfy() -> None:
    line = read("17", Constraints(among=["17", "12", "99"]), {1: {"2": 0.25}})
    rows = line.numbers[0].probabilities

    assert rows is not None
    assert rows[0, 1] == pytest.approx(1, abs=0.01)
    assert rows[1, [7, 2]] == pytest.approx([0.75, 0.25], abs=0.05)
    assert [string.text for string in line.numbers[0].strings[:2]] == ["17", "12"]
    assert hypothesis(line).characters[1].probabilities is not None
    assert hypothesis(line).characters[1].probabilities.argmax() == 7


def test_the_string_decides_and_not_the_likeliest_character_at_each_place() -> None:
    """At each place a 2 is likelier than the character of '12', the likeliest string; '22' is not on the list."""
    output = LineOutput(np.stack([frames_of(text) for text in ("12", "21", "27")]), (0.4, 0.3, 0.3), 0.0)
    line = decode_constrained(output, [], Constraints(among=["12", "21", "27"]))

    assert texts(line) == ["12"]
    assert [character.text for character in hypothesis(line).characters] == ["1", "2"]


def test_what_satisfies_nothing_keeps_its_own_characters() -> None:
    """A capital S and a small one are together likelier than the 5."""
    line = read("555", Constraints(pattern=r"\d{6}"), {index: {"S": 0.3, "s": 0.3} for index in range(3)})

    assert texts(line) == ["555"]
    assert [(each.text, each.confidence <= 1) for each in hypothesis(line).characters] == [("5", True)] * 3


def test_the_same_digit_may_end_a_number_and_begin_the_next_with_no_blank_between() -> None:
    output = LineOutput(frames(1, 1)[None], (1.0,), 0.0)
    line = decode_constrained(output, [Break(1)], Constraints(pattern=r"\d"))

    assert texts(line) == ["1", "1"]
    assert [number.frames for number in line.numbers] == [(0, 1), (1, 2)]
    assert [character.frame for character in hypothesis(line).characters] == [0.5, 1.5]


def test_networks_of_an_ensemble_are_averaged() -> None:
    networks = np.stack([frames_of("17", {1: {"2": 0.45}}), frames_of("17", {1: {"2": 0.9}})])
    for weights, text in (((0.9, 0.1), "17"), ((0.1, 0.9), "12")):
        line = decode_constrained(LineOutput(networks, weights, 0.0), [], Constraints(pattern=r"\d\d"))
        assert texts(line) == [text]


def test_an_empty_line_has_no_number() -> None:
    output = LineOutput(frames_of("     ")[None], (1.0,), 0.0)
    assert decode_constrained(output, [Break(4)], Constraints(pattern=r"\d+")).numbers == ()


CONSTRAINTS = [
    Constraints(pattern=r"[A-Z]{2}\d{4,6}"), Constraints(check="luhn"), Constraints(among=["1234", "AB-12", "7781"]),
    Constraints(pattern=r"\d{3,8}", check="damm"), Constraints(characters="0-9A-F"),
    Constraints(characters="code", check="mod97-10", pattern="..*"),
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(CONSTRAINTS), st.text("0123456789ABOSxz-", min_size=1, max_size=9), st.integers(0, 99),
    st.lists(st.integers(1, 40), max_size=4),
)  # fmt: skip
def test_what_is_said_to_satisfy_does_and_every_character_has_its_place(
    constraints: Constraints, text: str, seed: int, gaps: list[int]
) -> None:
    output = noisy(text, np.random.default_rng(seed))
    line = decode_constrained(output, [Break(frame) for frame in gaps], constraints)

    assert "".join(number.text for number in line.numbers) == hypothesis(line).text
    assert len(hypothesis(line).characters) == len(hypothesis(line).text)
    for number in line.numbers:
        assert hypothesis(line).text[number.start :].startswith(number.text)
        assert number.probability <= 1.001
        assert not number.satisfied or constraints.satisfied(number.text)
        assert not number.satisfied or number.prior >= 1e-3
        own = hypothesis(line).characters[number.start : number.start + len(number.text)]
        assert not number.satisfied or "".join(character.text for character in own) == number.text
    middles = [character.frame for character in hypothesis(line).characters]
    assert middles == sorted(middles)


def test_codes_are_read_right_more_often_with_what_is_known_of_them() -> None:
    rng = np.random.default_rng(7)
    alike = {"O": "0", "I": "1", "Z": "2", "S": "5", "B": "8"}
    constraints = Constraints(pattern=r"[A-Z]{2}\d{6}")
    free = constrained = 0
    for _ in range(40):
        text = "".join(rng.choice(list("ABOSXZ"), 2)) + "".join(rng.choice(list("0123456789"), 6))
        output = noisy(text, rng)
        for letter, digit in alike.items():  # the model hardly tells look-alikes apart
            both = [COLUMNS[letter], COLUMNS[digit]]
            share = rng.beta(1, 1)
            total = output.probabilities[:, :, both].sum(axis=2)
            output.probabilities[:, :, both] = np.stack([total * share, total * (1 - share)], axis=-1)
        free += decode_line(output).hypotheses[0].text == text
        constrained += hypothesis(decode_constrained(output, [], constraints)).text == text

    assert constrained >= 36
    assert constrained > free + 10


@pytest.mark.parametrize("pattern", ["(1+)+2", r"(\d*)*", "(.{0,18}2){0,20}", r"(.*1.{0,30}){12}", ".*1.{0,390}", ".*"])
def test_a_page_costs_no_more_than_a_fifth_of_a_second_with_any_pattern(pattern: str) -> None:
    """Measured against the same lines without a pattern, by processor time; the bound allows for a busy machine."""
    rng = np.random.default_rng(0)
    constraints = Constraints(pattern=pattern)
    lines = [noisy("".join(rng.choice(list(CHARACTERS[:30]), 40)), rng) for _ in range(12)]
    budget = SearchBudget()
    started = time.process_time()
    for line in lines:
        decode_constrained(line, [Break(frame) for frame in (20, 40, 60, 80)], constraints, budget)
    constrained = time.process_time() - started
    started = time.process_time()
    for line in lines:
        decode_line(line)

    assert constrained - (time.process_time() - started) < 0.8
