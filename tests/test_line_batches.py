"""Batches of composed lines: determined by recipe and epoch, padded on the right, with the frames that CTC needs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from numink.recognition.alphabet import BLANK, to_columns
from numink.recognition.line_image import LINE_IMAGE_HEIGHT, LineImage
from numink.recognition.line_model import FRAME_WIDTH

torch = pytest.importorskip("torch", reason="training needs the extra [train]")
from numink.training import line_batches as batching  # noqa: E402 - needs torch
from numink.training.line_batches import LineBatch, frame_count, line_batches, to_images  # noqa: E402
from numink.training.models.line_net import LineNet  # noqa: E402
from numink.training.recipes import LineRecipe  # noqa: E402
from numink.training.synthesis.lines import ComposedLine  # noqa: E402
from numink.training.synthesis.writer_pool import WriterPool  # noqa: E402

RECIPE = LineRecipe(name="small", width=8, batch=4, lines=64, seed=3)


def composed(width: int, text: str, *, case_is_reliable: bool = True) -> ComposedLine:
    pixels = np.random.default_rng(width).random((LINE_IMAGE_HEIGHT, width), dtype=np.float32)
    return ComposedLine(LineImage(pixels, 1.0, 0.0), text, case_is_reliable)


def batches(recipe: LineRecipe, writers: WriterPool, epoch: int, steps: int = 3) -> list[LineBatch]:
    return list(line_batches(recipe, writers, epoch, steps))


def test_recipe_and_epoch_determine_the_batches(writers: WriterPool) -> None:
    first, same, later, other = (
        batches(RECIPE, writers, 1), batches(RECIPE, writers, 1), batches(RECIPE, writers, 2),
        batches(replace(RECIPE, seed=4), writers, 1),
    )  # fmt: skip

    assert len(first) == 3
    for batch, again in zip(first, same, strict=True):
        assert torch.equal(batch.images, again.images)
        assert torch.equal(batch.labels, again.labels)
    for different in (later, other):
        assert not any(torch.equal(a.labels, b.labels) for a, b in zip(first, different, strict=True))


def test_each_line_of_a_batch_has_the_frames_that_ctc_needs(writers: WriterPool) -> None:
    """One for each character, and one between twins."""
    for batch in batches(RECIPE, writers, 1, steps=30):
        labels = torch.split(batch.labels, batch.label_counts.tolist())
        needed = [len(line) + int((line[1:] == line[:-1]).sum()) for line in labels]

        assert len(labels) == RECIPE.batch
        assert all(frames >= count for frames, count in zip(batch.frame_counts.tolist(), needed, strict=False))
        assert batch.images.shape[3] <= batching.MAX_WIDTH
        assert batch.labels.numel() == 0 or 0 <= batch.labels.min() <= batch.labels.max() < BLANK


def test_lines_of_a_batch_are_about_equally_long(writers: WriterPool) -> None:
    spread = [batch.frame_counts.max() - batch.frame_counts.min() for batch in batches(RECIPE, writers, 1, steps=15)]
    widths = [batch.images.shape[3] for batch in batches(RECIPE, writers, 1, steps=15)]

    assert np.median(spread) < 0.2 * (max(widths) - min(widths))


@pytest.mark.parametrize(
    ("width", "text", "usable"),
    [
        (40, "12345", True), (20, "12345", False), (24, "12345", True), (24, "11345", False), (24, "", True),
        (batching.MAX_WIDTH, "1", True), (batching.MAX_WIDTH + 1, "1", False),
    ],
)  # fmt: skip
def test_a_line_that_is_too_short_for_its_text_or_too_long_is_left_out(width: int, text: str, usable: bool) -> None:
    assert batching._is_usable(composed(width, text)) is usable


def test_images_are_padded_on_the_right_to_whole_frames() -> None:
    images = [composed(width, "1").image.pixels for width in (30, 41)]
    batch = to_images(images)

    assert batch.shape == (2, 1, LINE_IMAGE_HEIGHT, 44)
    assert np.array_equal(batch[0, 0, :, :30].numpy(), images[0])
    assert not batch[0, 0, :, 30:].any()
    assert [frame_count(width) for width in (40, 41, 44)] == [10, 11, 11]


def test_the_network_has_a_frame_for_every_four_columns() -> None:
    network = LineNet(8).eval()
    for width in (FRAME_WIDTH, 30, 41):
        assert network(to_images([composed(width, "1").image.pixels])).shape[1] == frame_count(width)


def test_a_batch_has_all_labels_in_a_row_and_some_lines_with_text_upside_down() -> None:
    lines = [composed(60, ""), *(composed(60 + place, f"{place}A", case_is_reliable=place != 2) for place in range(9))]
    batch = LineBatch.of(lines)

    assert batch.labels.tolist() == [column for line in lines for column in to_columns(line.text)]
    assert batch.label_counts.tolist() == [0] + [2] * 9
    assert batch.case_is_reliable.tolist() == [True, True, True, False, *[True] * 6]
    assert batch.turned.tolist() == [1, 9]
    assert batch.images.shape[0] == len(lines) + 2
    assert np.array_equal(batch.images[len(lines), 0, :, :60].numpy(), lines[1].image.pixels[::-1, ::-1])
    assert batch.frame_counts[-1] == frame_count(68)
