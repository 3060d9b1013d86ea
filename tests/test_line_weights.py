"""Weights of line networks beside their model file: the shipped ones, damaged ones, and those of ten digits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from numink.errors import ModelError
from numink.imaging.onnx_model import MODELS, ModelFile
from numink.recognition.alphabet import BLANK, OUTPUTS
from numink.recognition.line_image import LINE_IMAGE_HEIGHT

torch = pytest.importorskip("torch", reason="training needs the extra [train]")
from safetensors.torch import save_file  # noqa: E402

from numink.training.line_batches import to_images  # noqa: E402 - needs torch
from numink.training.models.line_net import UNLIKELY_LOGIT, LineNet  # noqa: E402
from numink.training.models.line_weights import load_reusable, reusable_stages, weights_path  # noqa: E402
from numink.training.recipes import LINES  # noqa: E402
from numink.training.synthesis.lines import compose_line  # noqa: E402
from numink.training.synthesis.writer_pool import WriterPool  # noqa: E402


def test_the_weights_beside_the_shipped_file_give_its_answers(writers: WriterPool) -> None:
    """In training mode, with the batch's own statistics, nearly all frames are decoded the same."""
    shipped = MODELS / "lines.onnx"
    images = [compose_line(writers, np.random.default_rng((3, seed))).image.pixels for seed in range(60)]
    batch = to_images([image for image in images if 80 < image.shape[1] < 300])
    outputs = ModelFile(shipped).run(batch.numpy())
    networks = list(load_reusable(LINES, shipped).values())

    assert [network.head.in_channels for network in networks] == [2 * stage.width for stage in LINES.members]
    for index, network in enumerate(networks):
        with torch.inference_mode():
            logits, in_training = network(batch).numpy(), network.train()(batch).numpy()
        decoded, decoded_in_training = (output[:, :, :-1].argmax(axis=2) for output in (logits, in_training))

        assert np.abs(logits - outputs[:, index]).max() < 0.1  # normalization is folded into weights of half precision
        assert np.mean(decoded == decoded_in_training) > 0.97


def test_the_shipped_weights_are_those_of_the_recipe() -> None:
    names = ["characters-fourth", "wide-again"]
    assert [stage.name for stage in LINES.members] == names
    assert reusable_stages(LINES, MODELS / "lines.onnx") == names


def test_a_network_of_ten_digits_is_extended_to_all_characters() -> None:
    """Its digits, blank and orientation stay; new characters are unlikely, a new block changes nothing."""
    torch.manual_seed(1)
    digits = LineNet(8, context=(1, 2)).eval()
    digits.head = torch.nn.Conv2d(16, 12, 1)
    extended = LineNet(8, context=(1, 2, 1))
    extended.start_from(digits.state_dict())
    images = torch.rand(2, 1, LINE_IMAGE_HEIGHT, 60)
    with torch.inference_mode():
        before, after = digits(images), extended.eval()(images)

    assert after.shape[2] == OUTPUTS
    assert torch.allclose(after[..., :10], before[..., :10], atol=1e-4)
    assert torch.allclose(after[..., BLANK:], before[..., 10:], atol=1e-4)
    assert after[..., 10:BLANK].mean() == pytest.approx(UNLIKELY_LOGIT, abs=1)


def test_missing_or_damaged_weights_cannot_be_continued_from(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"numink\.safetensors is missing"):
        load_reusable(LINES, MODELS / "numink.onnx")
    weights_path(tmp_path / "text.onnx").write_text("no weights")
    with pytest.raises(ModelError, match="is damaged or holds no line networks"):
        load_reusable(LINES, tmp_path / "text.onnx")
    save_file({"other": torch.zeros(1)}, tmp_path / "other.safetensors")
    with pytest.raises(ModelError, match="holds no line networks"):
        load_reusable(LINES, tmp_path / "other.onnx")
    save_file({}, tmp_path / "empty.safetensors", metadata={"recipe": LINES.to_json()})
    with pytest.raises(ModelError, match=r"the weights .* are damaged"):
        load_reusable(LINES, tmp_path / "empty.onnx")
