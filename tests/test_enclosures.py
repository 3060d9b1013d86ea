"""Rings, boxes and frames around characters, and what touches them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from numink.recognition.components import find_components
from numink.recognition.enclosures import remove_enclosures
from numink.recognition.types import Component, FloatImage


def digit_seven(canvas: FloatImage, x: int = 90, y: int = 70) -> FloatImage:
    points = np.array([[x, y], [x + 40, y], [x + 15, y + 60]])
    cv2.polylines(canvas, [points], False, 1.0, 5)
    return canvas


def remaining(canvas: FloatImage) -> list[Component]:
    return remove_enclosures(find_components(canvas))


def test_a_ring_around_a_digit_is_removed_and_the_digit_stays() -> None:
    canvas = digit_seven(np.zeros((200, 220), np.float32))
    cv2.circle(canvas, (110, 100), 70, 1.0, 4)

    (digit,) = remaining(canvas)

    assert digit.box.h < 75


@pytest.mark.parametrize("gap", [0, 16])
def test_a_ring_that_is_not_quite_closed_is_removed(gap: int) -> None:
    canvas = digit_seven(np.zeros((200, 220), np.float32))
    cv2.ellipse(canvas, (110, 100), (70, 70), 0, 0, 360 - gap, 1.0, 4)

    assert len(remaining(canvas)) == 1


def test_an_open_curve_beside_a_digit_stays() -> None:
    canvas = digit_seven(np.zeros((200, 220), np.float32))
    cv2.ellipse(canvas, (110, 100), (70, 70), 0, 90, 270, 1.0, 4)

    assert len(remaining(canvas)) == 2


def test_a_digit_that_touches_its_ring_is_parted_from_it() -> None:
    canvas = digit_seven(np.zeros((200, 220), np.float32))
    digit_seven(canvas, 30, 70)
    cv2.line(canvas, (30, 70), (10, 70), 1.0, 5)
    cv2.rectangle(canvas, (10, 30), (200, 170), 1.0, 4)

    parts = remaining(canvas)

    assert len(parts) == 2
    assert all(part.box.h < 75 for part in parts)


@pytest.mark.parametrize("dot", [4, 9])
def test_a_dotted_zero_keeps_its_ring(dot: int) -> None:
    canvas = np.zeros((200, 160), np.float32)
    cv2.ellipse(canvas, (80, 100), (40, 70), 0, 0, 360, 1.0, 5)
    cv2.circle(canvas, (80, 100), dot, 1.0, -1)

    assert len(remaining(canvas)) == 2


def test_a_filled_blot_around_a_hole_is_no_enclosure() -> None:
    canvas = np.zeros((200, 220), np.float32)
    cv2.circle(canvas, (110, 100), 80, 1.0, -1)
    cv2.circle(canvas, (110, 100), 45, 0.0, -1)
    digit_seven(canvas)

    assert len(remaining(canvas)) == 2


def test_a_frame_around_several_numbers_is_removed() -> None:
    canvas = np.zeros((260, 500), np.float32)
    for x in (60, 200, 340):
        digit_seven(canvas, x, 60)
        digit_seven(canvas, x, 150)
    cv2.rectangle(canvas, (10, 10), (490, 250), 1.0, 3)

    assert len(remaining(canvas)) == 6
