"""Decoded pages, read from the replies of `worker.answer`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO

import numpy as np
from numpy.typing import NDArray

from .protocol import FormField, Reply, Request


@dataclass(frozen=True)
class DecodedPage:
    """Pixels of a page."""

    pages: int
    """Number of pages of the document."""
    grey: NDArray[np.uint8]
    """Grey values (H, W)."""
    colour: NDArray[np.uint8] | None
    """Colours (h, w, 3) in RGB, perhaps reduced; None for a grey page, or where none were asked for."""
    sample: NDArray[np.uint8] | None
    """Sample of the colours (h, w, 3); None for a grey page."""
    form_fields: tuple[FormField, ...] = ()
    """The fields of a PDF document's page."""


class NotQuick(Exception):
    """A first attempt needs more memory or time than it has; `needed` is the memory in bytes."""

    def __init__(self, needed: int) -> None:
        super().__init__(needed)
        self.needed = needed


def read_page(reply: Reply, pixels: IO[bytes], request: Request) -> DecodedPage:
    """Read the pixels that follow a reply. Raises NotQuick where they end too early."""

    def values(size: tuple[int, int], *channels: int) -> NDArray[np.uint8]:
        read = np.empty((size[1], size[0], *channels), np.uint8)
        if pixels.readinto(read.data.cast("B")) < read.size:  # type: ignore[attr-defined]
            raise NotQuick(request.limits.max_memory)
        return read

    grey = values((reply.width, reply.height))
    colour, sample = (size and values(size, 3) for size in (reply.colour, reply.sample))
    return DecodedPage(reply.pages, grey, colour, sample, reply.form_fields)
