"""The page that shows the HTTP API to people: made from its OpenAPI description, so that both say the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask_openapi3.openapi import OpenAPI

blueprint = Blueprint("api_docs", __name__)


@dataclass(frozen=True)
class Field:
    """A part of a request or an answer."""

    name: str
    kind: str
    needed: bool
    meaning: str


@dataclass(frozen=True)
class Operation:
    """One route and method: what it takes, what it answers."""

    method: str
    path: str
    name: str
    summary: str
    description: str
    takes: tuple[Field, ...]
    answers: tuple[tuple[str, str], ...]


@blueprint.get("/api/docs")
def page() -> str:
    """All operations, with examples for the first."""
    app = current_app
    assert isinstance(app, OpenAPI)  # noqa: S101 - `app.build` makes no other
    description = app.api_doc
    shapes = [(name, tuple(_fields(shape))) for name, shape in description["components"]["schemas"].items()]
    return render_template(
        "api_docs.html", operations=list(operations(description)), shapes=[one for one in shapes if one[1]],
        here=request.host_url.rstrip("/"),
    )  # fmt: skip


def operations(description: Mapping[str, Any]) -> Iterator[Operation]:
    """In the order of the description."""
    shapes = description["components"]["schemas"]
    for path, methods in description["paths"].items():
        for method, said in methods.items():
            takes = [_parameter(one) for one in said.get("parameters", ())]
            for body in said.get("requestBody", {}).get("content", {}).values():
                takes += _fields(_resolved(body["schema"], shapes))
            yield Operation(
                method.upper(), path, said["operationId"], said.get("summary", ""), said.get("description", ""),
                tuple(takes), tuple((status, one.get("description", "")) for status, one in said["responses"].items()),
            )  # fmt: skip


def _parameter(said: Mapping[str, Any]) -> Field:
    meaning = said.get("description") or said["schema"].get("description", "")
    return Field(said["name"], _kind(said["schema"]), bool(said.get("required")), meaning)


def _fields(shape: Mapping[str, Any]) -> list[Field]:
    needed = shape.get("required", ())
    return [
        Field(name, _kind(one), name in needed, one.get("description", ""))
        for name, one in shape.get("properties", {}).items()
    ]


def _resolved(shape: Mapping[str, Any], shapes: Mapping[str, Any]) -> Mapping[str, Any]:
    return shapes[shape["$ref"].rpartition("/")[2]] if "$ref" in shape else shape


def _kind(shape: Mapping[str, Any]) -> str:
    """In words: 'number', 'list of Digit', 'text or null'."""
    if "$ref" in shape:
        return str(shape["$ref"].rpartition("/")[2])
    if "anyOf" in shape:
        return " or ".join(_kind(one) for one in shape["anyOf"])
    if shape.get("type") == "array":
        return f"list of {_kind(shape.get('items', {}))}"
    if shape.get("format") == "binary":
        return "file"
    kind = str(shape.get("type", "anything"))
    return {"string": "text", "integer": "whole number", "boolean": "true or false"}.get(kind, kind)
