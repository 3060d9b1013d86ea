"""Correction requests as forms send them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...results import Box
from ...service.corrections import CorrectionRequest
from ..problems import RequestError

DIGITS = re.compile(r"[0-9]{0,64}")
PLACE = re.compile(r"[0-9]{1,6}")


def parse_correction_form(form: Mapping[str, str]) -> CorrectionRequest:
    """What a form says. Raises RequestError."""
    text = "" if "none" in form else "".join(form.get("text", "").split())
    if not DIGITS.fullmatch(text):
        raise RequestError("invalid", "a correction has digits only, at most 64: go back, and write it so")
    page = _place(form.get("page", ""))
    if form.get("box"):
        box = _places(form["box"])
        if len(box) != 4:
            raise RequestError("invalid", "a place on the picture is left, top, width and height: mark it again")
        return CorrectionRequest(page, text=text, box=Box(*box))
    if form.get("order"):
        return CorrectionRequest(page, order=_places(form["order"]))
    digit = _place(form["digit"]) if form.get("digit") else None
    return CorrectionRequest(page, _place(form.get("number", "")), text, digit)


def _place(text: str) -> int:
    if not PLACE.fullmatch(text):
        raise RequestError("invalid", "the form does not say which number it corrects: load the page again")
    return int(text)


def _places(text: str) -> tuple[int, ...]:
    return tuple(_place(part) for part in text.split(","))
