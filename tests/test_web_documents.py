"""Documents of several pages in the web application: each page has its own picture."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from PIL import Image

from web_client import Client, Served, served
from web_pictures import digits, document, scribble


def test_each_page_of_a_document_has_a_picture_and_explanations(server: Served) -> None:
    reading = server.client.read(document("42", "7", "1"), "form.pdf").json["id"]
    address = f"/api/v1/readings/{reading}"
    pictures = [server.client.get(f"{address}/picture?page={page}").body for page in range(3)]
    texts = [server.client.read(picture).json["pages"][0]["text"] for picture in pictures]
    explanation = server.client.get(f"{address}/explanation?page=2&number=0&digit=0")

    assert texts == ["42", "7", "1"]
    assert (explanation.status, explanation.body[:4]) == (200, b"\x89PNG")
    assert server.client.get(f"{address}/picture").body == pictures[0]
    assert server.client.get(f"{address}/picture?page=3").status == 404


def test_a_zip_download_has_a_picture_of_each_page(tmp_path: Path) -> None:
    with served(tmp_path) as running:
        visitor = Client(running.port, browser=True)
        reading = running.client.read(document("42", "7"), "two.pdf").json["id"].rpartition(":")[2]
        archive = zipfile.ZipFile(io.BytesIO(visitor.get("/history/download/zip").body))
    pictures = [name for name in archive.namelist() if name.startswith("pictures/")]

    assert pictures == [f"pictures/{reading}.jpg", f"pictures/{reading}-2.jpg"]
    assert len({archive.read(name) for name in pictures}) == 2


def test_the_review_shows_the_page_of_the_doubtful_number(tmp_path: Path) -> None:
    with served(tmp_path) as running:
        visitor = Client(running.port, browser=True)
        reading = running.client.read(tiff_of(digits(), scribble()), "two.tif", single="true").json["id"]
        page = visitor.get("/review").text

    assert f'href="/api/v1/readings/{reading}/picture?page=1"' in page
    assert f"/api/v1/readings/{reading}/explanation?page=1" in page


def tiff_of(*pictures: bytes) -> bytes:
    """A TIFF of several pages."""
    first, *other_pages = (Image.open(io.BytesIO(picture)).convert("L") for picture in pictures)
    out = io.BytesIO()
    first.save(out, "TIFF", save_all=True, append_images=other_pages)
    return out.getvalue()
