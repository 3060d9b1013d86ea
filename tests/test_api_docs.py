"""The API documentation page: it shows the whole description, and its examples work."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from batch_material import zipped
from web_client import Served
from web_pictures import digits


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files that the examples use."""
    (tmp_path / "page.jpg").write_bytes(digits("472"))
    (tmp_path / "slips.zip").write_bytes(zipped({"slip.png": digits("47")}))
    return tmp_path


def example(server: Served, language: str) -> str:
    matches = re.search(rf'<code class="{language}">(.*?)</code>', server.client.get("/api/docs").text, re.DOTALL)
    assert matches
    return html.unescape(matches[1])


def test_every_operation_field_and_response_of_the_description_is_shown(server: Served) -> None:
    page = server.client.get("/api/docs").text
    description = server.client.get("/api/v1/openapi.json").json
    for path, methods in description["paths"].items():
        assert f"<code>{html.escape(path)}</code>" in page
        for operation in methods.values():
            assert f'id="{operation["operationId"]}"' in page
            assert all(f"<dt>{status}</dt>" in page for status in operation["responses"])
            assert all(f"<code>{parameter['name']}</code>" in page for parameter in operation.get("parameters", ()))
    for schema in description["components"]["schemas"].values():
        assert all(f"<code>{name}</code>" in page for name in schema.get("properties", ()))


@pytest.mark.parametrize("name", ["curl", "curl-body"])
def test_the_curl_examples_work(server: Served, folder: Path, name: str) -> None:
    if not shutil.which("curl"):
        pytest.skip("there is no curl on this machine")
    result = subprocess.run(example(server, name).split(), cwd=folder, capture_output=True, text=True, check=True)

    assert '"text": "472"' in result.stdout or '"text":"472"' in result.stdout


def test_the_python_example_works(server: Served, folder: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-c", example(server, "python")], cwd=folder, capture_output=True, text=True, check=True
    )

    assert result.stdout.startswith("472 ")


def test_the_examples_of_batches_work(server: Served, folder: Path) -> None:
    if shutil.which("curl"):
        result = subprocess.run(example(server, "curl-batch").split(), cwd=folder, capture_output=True, check=True)
        assert [item["name"] for item in json.loads(result.stdout)["items"]] == ["slip.png", "page.jpg"]
    result = subprocess.run(
        [sys.executable, "-c", example(server, "python-batch")], cwd=folder, capture_output=True, text=True, check=True
    )
    assert result.stdout == "slip.png 47\npage.jpg 472\n"


def test_the_javascript_example_works(server: Served, visit: Any) -> None:
    page = visit("/api/docs")
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    code = "async (bytes) => { const file = new Blob([Uint8Array.from(bytes)]);\n" + example(server, "javascript") + "}"
    page.evaluate(code, list(digits("472")))

    assert messages == ["472"]
