"""Correction requests are checked against the reading, with its earlier corrections, before any is stored."""

from __future__ import annotations

import time

import pytest

from numink.results import Box
from numink.service.corrections import (
    MOST_MISSED_NUMBERS,
    CorrectionRequest,
    InvalidCorrection,
    NoSuchNumber,
    make_corrections,
)
from store_material import a_reading

MISSED = CorrectionRequest(0, text="7", box=Box(1, 2, 3, 4))


def test_a_digit_is_stored_with_its_whole_number() -> None:
    reading = a_reading(text="12345")
    requests = [CorrectionRequest(0, 0, "9", digit=1), CorrectionRequest(0, 0, "8", digit=4)]

    assert [made.whole for made in make_corrections(reading, [], requests)] == ["19345", "19348"]


def test_a_missed_number_can_be_corrected_in_the_same_request_and_later() -> None:
    reading = a_reading(text="42")
    earlier = make_corrections(reading, [], [MISSED, CorrectionRequest(0, 1, "77")])

    assert make_corrections(reading, earlier, [CorrectionRequest(0, 1, "78")])[0].text == "78"
    with pytest.raises(NoSuchNumber):
        make_corrections(reading, [], [CorrectionRequest(0, 1, "78")])


def test_an_order_names_missed_numbers_too() -> None:
    reading = a_reading(text="42")

    assert make_corrections(reading, [], [MISSED, CorrectionRequest(0, order=(1, 0))])[1].order == (1, 0)
    with pytest.raises(InvalidCorrection, match="each of the page's 1 numbers"):
        make_corrections(reading, [], [CorrectionRequest(0, order=(1, 0))])


def test_a_page_takes_missed_numbers_up_to_a_limit_in_little_time() -> None:
    reading = a_reading(text="42")
    started = time.process_time()
    earlier = make_corrections(reading, [], [MISSED] * MOST_MISSED_NUMBERS)

    assert time.process_time() - started < 2.0
    with pytest.raises(InvalidCorrection, match="at most 1000 missed numbers"):
        make_corrections(reading, earlier, [MISSED])
