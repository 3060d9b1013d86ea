"""What is known about a number: the likeliest reading that satisfies it, and nothing invented where none does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from numink.errors import InvalidConstraint
from numink.recognition.constraints import TRIED, Constraints, _likeliest, read_valid_numbers


def chances(*digits: dict[int, float]) -> np.ndarray:
    """A row for each digit: what it may be; what is missing to 1 is spread over the rest."""
    rows = np.array([[one.get(digit, 0.0) for digit in range(10)] for one in digits])
    return rows + (1 - rows.sum(axis=1, keepdims=True)) / 10


def test_a_check_digit_mends_the_one_digit_that_was_in_doubt() -> None:
    """79927398713 is the textbook's Luhn number; its 3 at the end looked rather like an 8."""
    said = chances(*({int(digit): 0.99} for digit in "7992739871"), {8: 0.6, 3: 0.35})
    fitted = Constraints(check="luhn").fit(said)

    assert fitted is not None
    assert fitted.text == "79927398713"
    assert fitted.probability > 0.9
    assert fitted.before < 0.5


def test_nothing_is_invented_where_nothing_plausible_satisfies_it() -> None:
    said = chances(*({int(digit): 0.9999} for digit in "79927398718"))

    assert Constraints(check="luhn").fit(said) is None
    assert Constraints(pattern=r"\d{6}").fit(said) is None
    assert Constraints(among=["123", "79927398719123"]).fit(said) is None


def test_of_a_list_the_likeliest_is_taken_with_its_probability_among_all() -> None:
    fitted = Constraints(among=["120", "170", "999"]).fit(chances({1: 0.98}, {7: 0.5, 2: 0.4}, {0: 0.97}))

    assert fitted is not None
    assert fitted.text == "170"
    assert [Constraints(among=["120", "170"]).satisfied(one) for one in ("170", "171", "17")] == [True, False, False]
    assert 0.5 < fitted.probability < 0.6


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
    readings = list(_likeliest(rng.dirichlet(np.ones(10), 3)))
    probabilities = [chance for _, chance in readings]

    assert len({text for text, _ in readings}) == len(readings) == 1000
    assert probabilities == sorted(probabilities, reverse=True)
    assert sum(probabilities) == pytest.approx(1)
    assert len(list(_likeliest(rng.dirichlet(np.ones(10), 12)))) == TRIED


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"pattern": "(["}, "no regular expression"),
        ({"pattern": "1" * 300}, "longer than"),
        ({"check": "lune"}, "luhn, verhoeff"),
        ({"among": ["12a"]}, "has '12a', which is not a number"),
        ({"among": []}, "is empty"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(arguments: dict[str, object], told: str) -> None:
    with pytest.raises(InvalidConstraint, match=told.replace("(", r"\(")):
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
