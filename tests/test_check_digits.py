"""Check digits as automata: they accept just the numbers that python-stdnum finds valid."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numink.errors import InvalidConstraint
from numink.recognition.alphabet import COLUMNS, to_columns
from numink.recognition.automaton import Walker
from numink.recognition.check_digits import CHECKS, CheckDigit

VALID = {
    "luhn": "4111111111111111", "verhoeff": "2363", "damm": "5724", "isbn10": "0306406152", "isbn13": "9780306406157",
    "ean8": "73513537", "ean13": "4006381333931", "mod11-10": "794623", "mod97-10": "79444", "mod11-2": "079X",
    "iban": "GB29NWBK60161331926819", "iban:DE": "89370400440532013000", "iban:NL": "NL91ABNA0417164300",
}  # fmt: skip


def accepts(check: str, text: str) -> bool:
    return Walker(CheckDigit(check)).accepts(to_columns(text))


@pytest.mark.parametrize(("check", "valid"), VALID.items())
def test_every_check_accepts_a_published_example_and_refuses_it_with_one_digit_wrong(check: str, valid: str) -> None:
    place = next(index for index in range(len(valid) - 1, -1, -1) if valid[index].isdigit())
    wrong = valid[:place] + str((int(valid[place]) + 1) % 10) + valid[place + 1 :]

    for number, right in ((valid, True), (wrong, False)):
        assert accepts(check, number) is CheckDigit(check).is_valid(number) is right


def test_every_check_has_a_published_example() -> None:
    assert set(CHECKS) <= set(VALID)


@pytest.mark.parametrize("check", [check for check in CHECKS if check != "iban"])
@given(data=st.data())
def test_an_automaton_accepts_just_what_python_stdnum_finds_valid(check: str, data: st.DataObject) -> None:
    """All last digits are tried, so that about one in ten is valid."""
    alphabet = {"mod97-10": "0123456789ABXZ"}.get(check, "0123456789")
    length = {"isbn10": 9, "isbn13": 9, "ean8": 7, "ean13": 12}.get(check)
    start = "978" if check == "isbn13" else ""
    start += data.draw(st.text(alphabet, min_size=length or 0, max_size=length or 12))
    for last in "0123456789X":
        number = start + last
        assert accepts(check, number) == CheckDigit(check).is_valid(number), number


def test_dashes_may_stand_between_characters_only() -> None:
    assert accepts("isbn13", "978-0-306-40615-7")
    assert CheckDigit("isbn13").is_valid("978-0-306-40615-7")
    assert not any(accepts("isbn13", wrong) for wrong in ("-9780306406157", "9780306406157-", "978--0306406157"))


def test_an_iban_has_its_countrys_letters_digits_and_length() -> None:
    automaton = CheckDigit("iban:DE")
    allowed = [automaton.columns(state) for state in automaton.starts()]

    assert any(columns >> COLUMNS["D"] & 1 for columns in allowed)
    assert not any(columns >> COLUMNS["G"] & 1 for columns in allowed)
    assert accepts("iban:DE", "DE89370400440532013000")
    assert not accepts("iban:DE", "GB29NWBK60161331926819")
    assert not accepts("iban:DE", "DE8937040044053201300")


@pytest.mark.parametrize("check", ["lune", "iban:ZZ", "iban:de", ""])
def test_an_unknown_check_is_refused_with_those_that_exist(check: str) -> None:
    with pytest.raises(InvalidConstraint, match="luhn, verhoeff"):
        CheckDigit(check)
