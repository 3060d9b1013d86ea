"""Constrained beam search: the best string that an automaton accepts, as trying all strings would find it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numink.recognition.alphabet import BLANK, CHARACTERS, COLUMNS
from numink.recognition.automaton import Automaton, Walker
from numink.recognition.check_digits import CheckDigit
from numink.recognition.constrained_beam import ConstrainedBeam, SearchBudget
from numink.recognition.emissions import PARAMETERS
from numink.recognition.pattern import Pattern
from numink.recognition.valid_list import ValidList
from recognition_examples import frames_of

FEW = [COLUMNS[character] for character in "17-"] + [BLANK]
AUTOMATA = [Pattern(pattern) for pattern in ("[17]{2}", "1*7?", "(17|7-)+", "-?7+", "1{3}")]
AUTOMATA += [ValidList(["1", "17", "7-1", "771"]), CheckDigit("luhn"), CheckDigit("damm")]


def search(
    automaton: Automaton, probabilities: np.ndarray, ends: Sequence[int] = (), budget: SearchBudget | None = None
) -> list[dict[str, float]]:
    beam = ConstrainedBeam(Walker(automaton), probabilities, ends or [len(probabilities)], budget or SearchBudget())
    return [accepted.strings for accepted in beam.run_from(0)]


def by_trying_all(probabilities: np.ndarray) -> dict[str, float]:
    """Probabilities of all strings of the few columns, by writing out all paths."""
    strings: dict[str, float] = {}
    for path in itertools.product(FEW, repeat=len(probabilities)):
        text = "".join(CHARACTERS[column] for column, _ in itertools.groupby(path) if column != BLANK)
        weight = float(np.prod(probabilities[np.arange(len(path)), path]))
        strings[text] = strings.get(text, 0.0) + weight
    return strings


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(AUTOMATA), st.integers(1, 5), st.integers(0, 10_000))
def test_the_best_string_and_the_probability_of_all_are_those_that_trying_all_gives(
    automaton: Automaton, length: int, seed: int
) -> None:
    probabilities = np.zeros((length, BLANK + 1))
    probabilities[:, FEW] = np.random.default_rng(seed).dirichlet(np.ones(len(FEW)), length)
    walker = Walker(automaton)
    (accepted,) = ConstrainedBeam(walker, probabilities, [length], SearchBudget()).run_from(0)
    expected = {
        text: weight
        for text, weight in by_trying_all(probabilities).items()
        if text and walker.accepts([COLUMNS[character] for character in text])
    }
    best = max(expected, key=lambda text: expected[text], default="")

    assert accepted.total == pytest.approx(sum(expected.values()), rel=0.02, abs=1e-4)
    assert accepted.strings.get(best, 0.0) == pytest.approx(expected.get(best, 0.0), rel=0.3, abs=1e-3)  # a beam


@pytest.mark.parametrize(
    ("read", "pattern", "text"),
    [
        ("OI2S", r"\d{4}", "0125"),
        ("0125", "[A-Z]{4}", "OIZS"),
        ("ab12", r"[A-Z]{2}\d{2}", "AB12"),
        ("AB12", r"[a-z]{2}\d{2}", "ab12"),
        ("B8B8", r"[A-Z]\d[A-Z]\d", "B8B8"),
        ("8B8B", r"[A-Z]\d[A-Z]\d", "B8B8"),
        ("O0", "[A-Z0-9]{2}", "O0"),
    ],
)
def test_look_alikes_and_letter_case_are_decided_by_place(read: str, pattern: str, text: str) -> None:
    (strings,) = search(Pattern(pattern), frames_of(read))

    assert max(strings, key=lambda string: strings[string]) == text


def test_a_look_alike_counts_for_a_part_and_the_other_case_for_all() -> None:
    (digits,), (capitals,) = search(Pattern(r"\d"), frames_of("S")), search(Pattern("[A-Z]"), frames_of("s"))

    assert digits["5"] == pytest.approx(PARAMETERS.look_alike_weight, rel=0.05)
    assert capitals["S"] == pytest.approx(1, rel=0.05)


def test_the_best_number_that_is_right_is_seen_though_a_thousand_wrong_ones_are_likelier() -> None:
    """Every digit may be two others: 3 ** 10 strings; the right one is none of the 4,000 likeliest."""
    text = "79927398713"
    doubts = {
        index: {str((int(digit) + 1) % 10): 0.3, str((int(digit) + 2) % 10): 0.3} for index, digit in enumerate(text)
    }
    for check in ("luhn", "verhoeff", "damm", "mod97-10"):
        (strings,) = search(CheckDigit(check), frames_of(text, doubts))

        assert strings, check
        assert all(CheckDigit(check).is_valid(string) and len(string) == len(text) for string in strings)


def test_a_run_may_end_after_each_part() -> None:
    probabilities = frames_of("17-1")
    ends = [3, 5, len(probabilities)]

    assert [max(strings, key=lambda text: strings[text]) for strings in search(Pattern(".*"), probabilities, ends)] == [
        "1",
        "17",
        "17-1",
    ]


def test_a_search_ends_where_the_budget_does() -> None:
    probabilities = frames_of("1234567890" * 3, {index: {"7": 0.3, "4": 0.2} for index in range(30)})
    budget = SearchBudget(500)

    assert search(Pattern(".*1.{0,300}"), probabilities, budget=budget) == []
    assert -1000 < budget.extensions <= 0
