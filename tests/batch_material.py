"""ZIP files of small pictures, and requests about batches, for the tests of batches."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from web_client import Answer, Client, until
from web_pictures import digits

SLIP = digits("47", 40)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a ZIP file of `files`, in their order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zip_file:
        for name, content in files.items():
            zip_file.writestr(name, content)
    return out.getvalue()


def slips(count: int) -> bytes:
    """Return a ZIP file of `count` pictures of a number, slip-000.png and on."""
    return zipped({f"slip-{index:03}.png": SLIP for index in range(count)})


def send_batch(client: Client, *files: tuple[str, bytes], **fields: str) -> Answer:
    """Create a batch over the API, with all files in one request."""
    return client.send_files("/api/v1/batches", files, fields)


def by_form(visitor: Client, *files: tuple[str, bytes], path: str = "/batches", **fields: str) -> Answer:
    """Create a batch, or add to one at `path`, with the form of the page."""
    return visitor.send_files(path, files, {"csrf_token": visitor.token("/batches"), **fields})


def announce(visitor: Client, *offers: tuple[str, int], **fields: str) -> Answer:
    """Create a batch with the names and sizes of files that follow, as the page's script does."""
    return visitor.send("/batches", {"csrf_token": visitor.token(), "offers": json.dumps(offers), **fields})


def batch_of(client: Client, batch_id: str) -> Any:
    """Return a batch as the API describes it."""
    answer = client.get(f"/api/v1/batches/{batch_id}")
    assert answer.status == 200, answer.text
    return answer.json


def finished(client: Client, batch_id: str, seconds: float = 120) -> Any:
    """Wait until all files of a batch have been read; return the batch."""
    until(lambda: batch_of(client, batch_id)["done"], seconds)
    return batch_of(client, batch_id)


def table_of(client: Client, batch_id: str) -> list[dict[str, str]]:
    """Return the rows of a batch's CSV file, as the page's download gives it."""
    answer = client.get(f"/batches/{batch_id}/download/csv")
    assert answer.headers["Content-Disposition"] == "attachment; filename=numink-batch.csv"
    return list(csv.DictReader(io.StringIO(answer.text)))
