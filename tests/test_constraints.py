"""Constraints: the likeliest reading that satisfies them is taken, and none is invented where none does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from numink.errors import InvalidConstraint
from numink.recognition.constraints import PARAMETERS, Constraints, read_valid_numbers
from numink.recognition.n_best import likeliest_readings


def probabilities_of(*digits: dict[int, float]) -> np.ndarray:
    """A row for each digit: probabilities of some; the rest to 1 is spread over all."""
    rows = np.array([[given.get(digit, 0.0) for digit in range(10)] for given in digits])
    return rows + (1 - rows.sum(axis=1, keepdims=True)) / 10


def test_a_check_digit_corrects_the_one_digit_that_was_in_doubt() -> None:
    """79927398713 is the textbook's Luhn number; its 3 at the end looked rather like an 8."""
    read = probabilities_of(*({int(digit): 0.99} for digit in "7992739871"), {8: 0.6, 3: 0.35})
    reading = Constraints(check="luhn").most_likely_satisfying(read)

    assert reading is not None
    assert reading.text == "79927398713"
    assert reading.probability > 0.9
    assert reading.prior < 0.5


def test_nothing_is_invented_where_nothing_plausible_satisfies_it() -> None:
    read = probabilities_of(*({int(digit): 0.9999} for digit in "79927398718"))

    assert Constraints(check="luhn").most_likely_satisfying(read) is None
    assert Constraints(pattern=r"\d{6}").most_likely_satisfying(read) is None
    assert Constraints(among=["123", "79927398719123"]).most_likely_satisfying(read) is None


def test_of_a_list_the_likeliest_number_is_taken_with_its_probability_among_all() -> None:
    read = probabilities_of({1: 0.98}, {7: 0.5, 2: 0.4}, {0: 0.97})
    reading = Constraints(among=["120", "170", "999"]).most_likely_satisfying(read)

    assert reading is not None
    assert reading.text == "170"
    assert [Constraints(among=["120", "170"]).satisfied(number) for number in ("170", "171", "17")] == [
        True,
        False,
        False,
    ]
    assert 0.5 < reading.probability < 0.6


@pytest.mark.parametrize(
    ("check", "valid"),
    [
        ("luhn", "4111111111111111"), ("verhoeff", "2363"), ("damm", "5724"), ("isbn10", "0306406152"),
        ("isbn13", "9780306406157"), ("ean8", "73513537"), ("ean13", "4006381333931"), ("mod11-10", "794623"),
        ("mod97-10", "79444"), ("iban:DE", "89370400440532013000"),
    ],
)  # fmt: skip
def test_every_check_accepts_a_published_example_and_refuses_it_with_one_digit_wrong(check: str, valid: str) -> None:
    wrong = valid[:-1] + str((int(valid[-1]) + 1) % 10)

    assert Constraints(check=check).satisfied(valid)
    assert not Constraints(check=check).satisfied(wrong)


def test_readings_come_the_likeliest_first_and_none_twice() -> None:
    rng = np.random.default_rng(0)
    readings = list(likeliest_readings(rng.dirichlet(np.ones(10), 3), PARAMETERS.most_readings))
    probabilities = [probability for _, probability in readings]

    assert len({text for text, _ in readings}) == len(readings) == 1000
    assert probabilities == sorted(probabilities, reverse=True)
    assert sum(probabilities) == pytest.approx(1)
    twelve = rng.dirichlet(np.ones(10), 12)
    assert len(list(likeliest_readings(twelve, PARAMETERS.most_readings))) == PARAMETERS.most_readings


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pattern": "(["}, "no regular expression"),
        ({"pattern": "1" * 300}, "longer than"),
        ({"check": "lune"}, "luhn, verhoeff"),
        ({"among": ["12a"]}, "has '12a', which is not a number"),
        ({"among": []}, "is empty"),
    ],
)
def test_constraints_that_make_no_sense_are_refused_with_a_message(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidConstraint, match=message.replace("(", r"\(")):
        Constraints(**arguments)  # type: ignore[arg-type]


def test_a_pattern_that_would_take_for_ever_is_given_up() -> None:
    with pytest.raises(InvalidConstraint, match="takes too long"):
        Constraints(pattern="(1|11|111)+2").satisfied("1" * 60)


def test_a_list_may_be_written_as_people_write_numbers(tmp_path: Path) -> None:
    path = tmp_path / "codes.txt"
    path.write_text("﻿12 34\n\n56.78\n90-12\n", encoding="utf-8")

    assert read_valid_numbers(path) == ["1234", "5678", "9012"]
    with pytest.raises(InvalidConstraint, match="cannot be read as a list"):
        read_valid_numbers(tmp_path / "none.txt")
