"""Corrections, and parts of a picture to be read, in the form in which pages send them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ...results import Box
from ...service.corrections import CorrectionRequest
from ..problems import RequestError

INDEX = re.compile(r"[0-9]{1,6}")


def parse_correction_form(form: Mapping[str, str]) -> CorrectionRequest:
    """Parse the fields of a correction form; a chosen `alternative` takes precedence over the `text` in the field.

    Raises:
        RequestError: A field is missing or malformed.
    """
    entered = form.get("alternative") or form.get("text", "")
    text = "" if "none" in form else " ".join(entered.split())
    page = _index(form.get("page", ""))
    if form.get("box"):
        return CorrectionRequest(page, text=text, box=_frame(form["box"].split(",")))
    if form.get("order"):
        return CorrectionRequest(page, order=_indices(form["order"]))
    digit = _index(form["digit"]) if form.get("digit") else None
    return CorrectionRequest(page, _index(form.get("number", "")), text, digit)


def parse_region_form(form: Mapping[str, str]) -> tuple[int, Box]:
    """Parse the page, from 0, and the part of it to be read, in pixels. Raises RequestError as above."""
    return _index(form.get("page", "")), _frame([form.get(side, "") for side in Box._fields])


def _frame(sides: Sequence[str]) -> Box:
    if len(sides) != len(Box._fields) or not all(map(INDEX.fullmatch, sides)):
        raise RequestError("invalid", "the frame on the picture is invalid: draw it again")
    return Box(*map(int, sides))


def _index(text: str) -> int:
    if not INDEX.fullmatch(text):
        raise RequestError("invalid", "the form does not say which number to correct: reload the page and try again")
    return int(text)


def _indices(text: str) -> tuple[int, ...]:
    return tuple(_index(part) for part in text.split(","))
