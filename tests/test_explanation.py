"""Explanations: the foreground that makes a digit that digit counts for it, empty paper does not."""

import io

import numpy as np
import pytest
from PIL import Image

from numink import Reader
from numink.errors import NoForeground
from numink.export.overlay import EXPLANATION_SIDE, draw_explanation
from numink.recognition.digit_model import Classifier
from numink.recognition.explanation import explain
from numink.recognition.glyph import normalise
from pictures import Sheet, blank, one_digit, write
from web_client import Served
from web_pictures import digits


def test_the_bar_of_a_7_counts_for_the_7(classifier: Classifier) -> None:
    """Without its bar a 7 is a 1."""
    glyph = normalise(255 - one_digit("7"))
    explanation = explain(classifier, glyph, 7)
    rows = np.flatnonzero(glyph.max(axis=1) > 0.3)
    crossbar = explanation.counts[rows[0] : rows[0] + 4]
    foot = explanation.counts[rows[-1] - 4 : rows[-1]]
    assert crossbar.max() > 2 * foot.max()


def test_hiding_empty_paper_changes_nothing(classifier: Classifier) -> None:
    explanation = explain(classifier, normalise(255 - one_digit("1")), 1)
    assert np.abs(explanation.counts[:, :3]).max() < 1e-3


def test_only_digits_are_explained(classifier: Classifier) -> None:
    with pytest.raises(ValueError, match="0 to 9"):
        explain(classifier, np.zeros((28, 28), np.float32), 10)


def test_each_digit_of_a_page_is_explained_by_its_own_ink() -> None:
    page = write("58", 250, 40, 90, 8, write("7", 30, 40, 90, 8, Sheet(500, 200)))
    reader = Reader()
    answer = reader.read(page)
    read = [(digit.text, digit.box) for number in answer.numbers for digit in number.digits]
    glyphs = {text: reader.explain(page, box, text).glyph for text, box in read}
    assert sorted(glyphs) == ["5", "7", "8"]
    for text, glyph in glyphs.items():
        assert reader.classifier.predict(glyph[None])[0].argmax() == int(text)


def test_blank_paper_cannot_be_explained() -> None:
    with pytest.raises(NoForeground, match="no ink"):
        Reader().explain(blank(Sheet()), (0, 0, 10, 10), "1")  # type: ignore[arg-type]


def test_an_explanation_is_a_picture_of_the_glyph(classifier: Classifier) -> None:
    picture = Image.open(io.BytesIO(draw_explanation(explain(classifier, normalise(255 - one_digit("3")), 3))))
    assert picture.size == (EXPLANATION_SIDE, EXPLANATION_SIDE)
    assert min(picture.convert("L").getextrema()) < 90


def test_the_reading_page_shows_it_and_other_digits_are_refused(server: Served) -> None:
    reading = server.client.read(digits("74")).json["id"]
    address = f"/api/v1/readings/{reading}/explanation?number=0&digit=1"
    assert address.replace("&", "&amp;").split("?")[0] in server.client.get(f"/readings/{reading}").text

    answer = server.client.get(address)
    assert (answer.status, answer.headers["Content-Type"], answer.body[:4]) == (200, "image/png", b"\x89PNG")
    assert server.client.get(address.replace("digit=1", "digit=9")).status == 422
    assert server.client.get(address.replace("digit=1", "digit=x")).status == 422
