"""Slips in ZIP files, and what is asked about their batches, for the tests of batches."""

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
    """A ZIP file of them, in their order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def slips(count: int) -> bytes:
    """A ZIP file of so many slips, slip-000.png and on."""
    return zipped({f"slip-{at:03}.png": SLIP for at in range(count)})


def send_batch(client: Client, *files: tuple[str, bytes], **fields: str) -> Answer:
    """Over the API, all in one request."""
    return client.send_files("/api/v1/batches", files, fields)


def by_form(visitor: Client, *files: tuple[str, bytes], path: str = "/batches", **fields: str) -> Answer:
    return visitor.send_files(path, files, {"csrf_token": visitor.token("/batches"), **fields})


def announce(visitor: Client, *offers: tuple[str, int], **fields: str) -> Answer:
    """As the script does."""
    return visitor.send("/batches", {"csrf_token": visitor.token(), "offers": json.dumps(offers), **fields})


def batch_of(client: Client, batch_id: str) -> Any:
    answer = client.get(f"/api/v1/batches/{batch_id}")
    assert answer.status == 200, answer.text
    return answer.json


def finished(client: Client, batch_id: str, seconds: float = 120) -> Any:
    """The batch when nothing of it waits any more."""
    until(lambda: batch_of(client, batch_id)["done"], seconds)
    return batch_of(client, batch_id)


def table_of(client: Client, batch_id: str) -> list[dict[str, str]]:
    """Its CSV, as a person takes it along."""
    answer = client.get(f"/batches/{batch_id}/download/csv")
    assert answer.headers["Content-Disposition"] == "attachment; filename=numink-batch.csv"
    return list(csv.DictReader(io.StringIO(answer.text)))
