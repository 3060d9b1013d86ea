"""The HTML page that documents the API, generated from its OpenAPI description."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask_openapi3.openapi import OpenAPI

blueprint = Blueprint("api_docs", __name__)


@dataclass(frozen=True)
class Field:
    """A field of a request or a response."""

    name: str
    kind: str
    needed: bool
    meaning: str


@dataclass(frozen=True)
class Operation:
    """An operation of the API with its fields and responses."""

    method: str
    path: str
    name: str
    summary: str
    description: str
    takes: tuple[Field, ...]
    answers: tuple[tuple[str, str], ...]


@blueprint.get("/api/docs")
def page() -> str:
    """Show all operations, with examples."""
    app = current_app
    assert isinstance(app, OpenAPI)  # noqa: S101 - `app.build` creates no other
    description = app.api_doc
    schemas = [(name, tuple(_fields(schema))) for name, schema in description["components"]["schemas"].items()]
    return render_template(
        "api_docs.html", operations=list(operations(description)),
        shapes=[(name, fields) for name, fields in schemas if fields],
        here=request.url_root.rstrip("/"),
    )  # fmt: skip


def operations(description: Mapping[str, Any]) -> Iterator[Operation]:
    """Yield the operations of an OpenAPI description in its order."""
    schemas = description["components"]["schemas"]
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            takes: dict[str, Field] = {}
            for body in operation.get("requestBody", {}).get("content", {}).values():
                takes = {field.name: field for field in _fields(_resolve(body["schema"], schemas))} | takes
            for parameter in map(_parameter, operation.get("parameters", ())):
                takes.setdefault(parameter.name, parameter)
            yield Operation(
                method.upper(), path, operation["operationId"], operation.get("summary", ""),
                operation.get("description", ""), tuple(takes.values()),
                tuple((status, response.get("description", "")) for status, response in operation["responses"].items()),
            )  # fmt: skip


def _parameter(parameter: Mapping[str, Any]) -> Field:
    schema = parameter["schema"]
    meaning = parameter.get("description") or schema.get("description", "")
    return Field(parameter["name"], _type_in_words(schema), bool(parameter.get("required")), meaning)


def _fields(schema: Mapping[str, Any]) -> list[Field]:
    required = schema.get("required", ())
    return [
        Field(name, _type_in_words(field), name in required, field.get("description", ""))
        for name, field in schema.get("properties", {}).items()
    ]


def _resolve(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    return schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def _type_in_words(schema: Mapping[str, Any]) -> str:
    """Describe a type, such as 'number', 'list of Digit' or 'text or null'."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " or ".join(_type_in_words(option) for option in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type_in_words(schema.get('items', {}))}"
    if schema.get("format") == "binary":
        return "file"
    name = str(schema.get("type", "anything"))
    return {"string": "text", "integer": "whole number", "boolean": "true or false"}.get(name, name)
