"""Digits corrupted in the 19 usual ways (Hendrycks and Dietterich 2019), by the package imagecorruptions-imaug.

Only for measuring: nothing is trained on these. The package wants 32 pixels a side: glyphs get a margin of two, which
is cut off again.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError

Glyphs = NDArray[np.uint8]
SEVERITY = 3
MARGIN = 2
SEEDED = ("glass_blur", "impulse_noise")
"""Those that draw from generators of their own, which NumPy's seed does not reach."""


def corrupted(images: Glyphs) -> Iterator[tuple[str, Glyphs]]:
    """Each corruption's name, and `images` uint8 (N, 28, 28) under it at SEVERITY; the same on every call.

    Raises DataError where the package is not installed.
    """
    try:
        from imagecorruptions import corrupt, get_corruption_names  # noqa: PLC0415 - an extra of its own
    except ImportError:
        raise DataError("the corruptions need imagecorruptions-imaug: pip install 'numink[measure]'") from None
    for name in get_corruption_names("all"):
        np.random.seed(0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its own, about deprecated calls
            yield name, np.stack([_one(corrupt, image, name, at) for at, image in enumerate(images)])


def _one(corrupt: object, image: Glyphs, name: str, seed: int) -> Glyphs:
    padded = np.repeat(np.pad(image, MARGIN)[:, :, None], 3, axis=2)
    own = {"seed": seed} if name in SEEDED else {}
    made = np.asarray(corrupt(padded, corruption_name=name, severity=SEVERITY, **own))  # type: ignore[operator]
    grey: Glyphs = made.mean(axis=2).round().astype(np.uint8)[MARGIN:-MARGIN, MARGIN:-MARGIN]
    return grey
