"""Usage: confusion matrix, drift, charts, and the page over HTTP."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numink.factories import open_store
from numink.recognition.digit_model import Classifier
from numink.results import Box, Digit, Number, Page, confidence_step
from numink.store.reading import Reading, ReviewedNumber
from numink.store.usage import usage_counts
from numink.web.pages.charts import BASELINE, bar_chart
from numink.web.pages.confusion_table import Cell, ConfusionMatrix, align_digits
from numink.web.pages.drift import confidence_drift, digit_drift, stability_index
from numink.web.pages.model_report import MeasuredDistributions
from numink.web.pages.usage import summarise
from web_client import Client, Served, served
from web_pictures import digits

TODAY = date(2026, 11, 25)
NOT_MEASURED = MeasuredDistributions((), ())
digit_texts = st.text("0123456789", max_size=9)


@pytest.mark.parametrize(
    ("read", "right", "pairs"),
    [
        ("127", "121", "11 22 17"),
        ("1274", "127", "11 22 77 -4"),
        ("14", "174", "11 7- 44"),
        ("", "5", "5-"),
        ("55", "", "-5 -5"),
        ("", "", ""),
        ("7", "7", "77"),
    ],
)
def test_digits_are_aligned_with_the_fewest_changes(read: str, right: str, pairs: str) -> None:
    assert [f"{a or '-'}{b or '-'}" for a, b in align_digits(read, right)] == pairs.split()


@given(digit_texts, digit_texts)
def test_alignment_keeps_all_digits_of_both_numbers(read: str, right: str) -> None:
    pairs = align_digits(read, right)
    assert "".join(correct for correct, _ in pairs) == right
    assert "".join(read for _, read in pairs) == read
    assert all(a or b for a, b in pairs)
    assert sum(a != b for a, b in pairs) <= max(len(read), len(right))


def test_confusion_matrix_counts_errors_and_lists_the_most_frequent_first() -> None:
    reviews = [("77", "17"), ("7", "1"), ("4", "9"), ("12", "12")]
    confusion = ConfusionMatrix.from_reviews([ReviewedNumber("2026-11-25", read, right) for read, right in reviews])
    assert (confusion.reviewed, confusion.wrong) == (4, 3)
    assert confusion.frequent_errors == [(("1", "7"), 2), (("9", "4"), 1)]
    rows = dict(confusion.rows)
    assert rows["1"][7] == Cell(2, False, 9)
    assert rows["7"][7] == Cell(1, True, 5)
    assert rows[""][10] == Cell(0, True, 0)


def test_confusion_matrix_counts_signs_and_letters_that_occur() -> None:
    reviews = [("2415", "24.15"), ("61298", "6/2/98"), ("-5", "-5"), ("B1", "81"), ("1 234", "1234")]
    confusion = ConfusionMatrix.from_reviews([ReviewedNumber("2026-11-25", read, right) for read, right in reviews])
    rows = dict(confusion.rows)

    assert confusion.labels == (*"0123456789", "-", ".", "/", "B", "")
    assert confusion.frequent_errors[0][1] == 1
    assert {pair for pair, _ in confusion.frequent_errors} == {(".", ""), ("/", "1"), ("/", ""), ("8", "B")}
    assert rows["-"][confusion.labels.index("-")] == Cell(1, True, 9)


def test_usage_counts_signs_among_the_digits_but_not_as_one_of_the_ten() -> None:
    box = Box(0, 0, 9, 9)
    digits = tuple(Digit(character, 0.95, True, box) for character in "-7")
    page = Page(9, 9, (Number("-7", 1, 0.9, True, box, digits),), "numink-2.0.0", 1.0)
    counts = usage_counts(Reading("anna:1", "2026-11-25", (page,)))

    assert (counts["digits"], counts["digits.accepted"], counts["sure.2"]) == (2, 2, 2)
    assert {name for name in counts if name.startswith("digit.")} == {"digit.7"}


def test_stability_index_of_two_distributions_is_computed() -> None:
    assert stability_index([60, 40], [600, 400]) == 0
    assert stability_index([50, 50], [80, 20]) == pytest.approx(0.3 * 0.470004 + 0.3 * 0.916291, abs=1e-5)
    assert stability_index([99, 0], [500, 500]) is None
    assert stability_index([500, 0], [250, 250]) is not None


def test_drift_is_found_only_in_a_week_unlike_the_measurement() -> None:
    measured = MeasuredDistributions((0, 10, 20, 30, 40, 900), (100,) * 10)
    same = {f"alone.{step}": count // 5 for step, count in enumerate(measured.confidence_counts)}
    other = {"alone.1": 100, "alone.5": 100}
    near = confidence_drift(same, other, measured).from_model
    assert near is not None
    assert near < 0.001
    far = confidence_drift(other, same, measured)
    assert far.from_model is not None
    assert far.from_model > 0.25
    assert digit_drift({"digit.1": 5}, {}, measured).from_model is None


def test_shipped_report_has_the_confidences_on_mnist(classifier: Classifier) -> None:
    measured = MeasuredDistributions.from_classifier(classifier)
    assert sum(measured.confidence_counts) == sum(measured.digit_counts) == 10_000
    assert 0.9 < sum(measured.confidence_counts[confidence_step(0.99) :]) / 10_000 < 1


def test_bars_are_proportional_and_stay_in_the_chart() -> None:
    chart = bar_chart([("a", [5, None]), ("b", [10, 2]), ("c", [0, 0])])
    assert chart.top == "10"
    assert [column.text for column in chart.bars] == ["a: 5", "b: 10", "b: 2"]
    assert chart.bars[0].height * 2 == chart.bars[1].height
    assert all(
        column.y + column.height == pytest.approx(BASELINE) and column.x + column.width <= chart.width
        for column in chart.bars
    )
    assert bar_chart([("a", [0.97])], shares=True).top == "100 %"
    assert bar_chart([]).bars == ()


def test_period_ends_today_and_shows_days_without_readings() -> None:
    days = {
        "2026-11-25": Counter({"readings": 2, "digits": 10, "digits.accepted": 9, "time.0": 2}),
        "2026-11-18": Counter({"readings": 50, "digits": 100, "digits.accepted": 10}),
    }
    reviews = [("2026-11-25T08:00", "1", "7"), ("2026-11-25T09:00", "1", "1"), ("2026-11-18", "2", "3")]
    reviewed = [ReviewedNumber(*review) for review in reviews]
    usage = summarise(days, reviewed, TODAY, 7, NOT_MEASURED)
    assert [category.name for category in usage.readings.categories][0::6] == ["19 Nov", "25 Nov"]
    assert (usage.total["readings"], usage.accepted_share, usage.confusion.wrong, usage.confusion.reviewed) == (
        2,
        0.9,
        1,
        2,
    )
    assert usage.accepted.categories[0].values == ("",)
    assert usage.corrections.categories[-1].values == ("1", "1")
    assert summarise(days, reviewed, TODAY, 28, NOT_MEASURED).total["readings"] == 52


def test_page_counts_readings_and_corrections(tmp_path: Path) -> None:
    with served(tmp_path) as running:
        client = Client(running.port)
        assert "No numbers were reviewed" in client.get("/use").text
        for _ in range(3):
            reading = client.read(digits("74", 60)).json["id"]
        body = json.dumps({"corrections": [{"number": 0, "text": "14"}]}).encode()
        client.ask("POST", f"/api/v1/readings/{reading}/corrections", body, {"Content-Type": "application/json"})
        client.ask("DELETE", f"/api/v1/readings/{client.read(digits('7', 60)).json['id']}")
        page = client.get("/use").text
        assert "<b>1</b> read as <b>7</b>: 1 ×" in page
        assert "<dt>Readings</dt><dd>4</dd>" in page
        assert "7 digits" in page
        for days in ("7", "91", "0", "-1", "1e9", "x" * 500):
            assert client.get(f"/use?days={days}").status == 200
    with closing(open_store(f"sqlite:///{tmp_path}/history.db")) as store:
        assert len(store.recent("local")) == 3


def test_large_history_is_counted_without_loading_it(tmp_path: Path) -> None:
    """Counts of a quarter of a year, as many per day as there can be, are added up in half a second."""
    import time

    with closing(open_store(f"sqlite:///{tmp_path}/numink.db")) as store:
        names = [f"{kind}.{index}" for kind in ("digit", "sure", "alone", "time") for index in range(10)]
        with store._file.transaction() as connection:  # type: ignore[attr-defined]
            connection.executemany(
                "INSERT INTO use VALUES ('anna', ?, ?, 1000000)",
                [(f"2026-{9 + day // 30:02}-{1 + day % 30:02}", name) for day in range(90) for name in names],
            )
        started = time.perf_counter()
        assert len(store.usage("anna", "2026-09-01")) == 90
        assert time.perf_counter() - started < 0.5


def test_usage_of_other_owners_is_not_shown(server: Served) -> None:
    from store_material import a_reading

    with closing(open_store(f"sqlite:///{server.folder}/history.db")) as store:
        store.save(a_reading("mia", "987654321"))
    assert "<dt>Readings</dt><dd>0</dd>" in server.client.get("/use").text
