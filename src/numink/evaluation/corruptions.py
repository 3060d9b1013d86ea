"""The 19 common corruptions of Hendrycks and Dietterich (2019), by the package imagecorruptions-imaug.

For evaluation only. The package needs images of at least 32 pixels a side, so glyphs get a margin of two pixels,
which is cut off again.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError

Glyphs = NDArray[np.uint8]
SEVERITY = 3
PADDING = 2
SEEDED = ("glass_blur", "impulse_noise")
"""Corruptions with a random generator of their own, which NumPy's seed does not reach."""


def corrupted(images: Glyphs) -> Iterator[tuple[str, Glyphs]]:
    """Yield each corruption's name with the corrupted `images` uint8 (N, 28, 28), the same on every call.

    Raises DataError where the package is not installed.
    """
    try:
        from imagecorruptions import corrupt, get_corruption_names  # noqa: PLC0415 - an extra of its own
    except ImportError:
        raise DataError("the corruptions need imagecorruptions-imaug: pip install 'numink[measure]'") from None
    for name in get_corruption_names("all"):
        np.random.seed(0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the package's own, about deprecated calls
            yield name, np.stack([_corrupt(corrupt, image, name, seed) for seed, image in enumerate(images)])


def _corrupt(corrupt: object, image: Glyphs, name: str, seed: int) -> Glyphs:
    padded = np.repeat(np.pad(image, PADDING)[:, :, None], 3, axis=2)
    seeded = {"seed": seed} if name in SEEDED else {}
    result = np.asarray(corrupt(padded, corruption_name=name, severity=SEVERITY, **seeded))  # type: ignore[operator]
    grey: Glyphs = result.mean(axis=2).round().astype(np.uint8)[PADDING:-PADDING, PADDING:-PADDING]
    return grey
