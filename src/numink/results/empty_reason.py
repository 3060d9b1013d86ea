"""Why a page has no numbers."""

from __future__ import annotations

from typing import Literal

EmptyReason = Literal["no handwriting", "print only", "handwriting, but no numbers", "texture"]


def empty_reason(*, holds_handwriting: bool, holds_print: bool, holds_texture: bool = False) -> EmptyReason:
    """Return why nothing was answered on a page.

    A texture, such as specks or noise, is the reason whatever strokes stand out from it.

    >>> empty_reason(holds_handwriting=False, holds_print=True)
    'print only'
    """
    if holds_texture:
        return "texture"
    if holds_handwriting:
        return "handwriting, but no numbers"
    return "print only" if holds_print else "no handwriting"
