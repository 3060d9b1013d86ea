"""PDF documents, TIFF stacks and HEIC photos, page by page, and the files written for them."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from numink.cli import numink
from numink.errors import BrokenPicture, NotAPicture, TooLarge
from numink.imaging.documents import open_pages
from numink.imaging.formats import refuse_unsupported
from numink.imaging.limits import Limits
from pictures import Sheet, as_file, write


def page(text: str) -> Image.Image:
    sheet = Sheet(600, 300)
    return Image.fromarray(write(text, 80, 90, 120, 10, sheet))


@pytest.fixture
def pdf() -> bytes:
    out = io.BytesIO()
    first, *other_pages = [page(text) for text in ("472", "38", "905")]
    first.save(out, "PDF", save_all=True, append_images=other_pages, resolution=150)
    return out.getvalue()


@pytest.fixture
def tiff() -> bytes:
    return as_file(page("472"), "TIFF", save_all=True, append_images=[page("38")])


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(numink, ["read", *map(str, arguments)])
    return result.exit_code, result.stdout


def test_a_pdf_is_read_page_by_page(pdf: bytes, tmp_path: Path) -> None:
    (tmp_path / "form.pdf").write_bytes(pdf)
    code, out = run("--json", tmp_path / "form.pdf")
    pages = [json.loads(line) for line in out.splitlines()]

    assert code == 0
    assert [(page["page"], page["text"]) for page in pages] == [(1, "472"), (2, "38"), (3, "905")]
    assert pages[0]["width"] == 800  # 600 pixels at 150 dpi, rendered at 200 dpi


def test_a_tiff_stack_is_read_page_by_page(tiff: bytes, tmp_path: Path) -> None:
    (tmp_path / "fax.tif").write_bytes(tiff)

    assert run(tmp_path / "fax.tif") == (0, "472\n38\n")


def test_each_page_has_an_annotated_picture_and_one_hocr_file_holds_them_all(pdf: bytes, tmp_path: Path) -> None:
    (tmp_path / "form.pdf").write_bytes(pdf)
    run("--annotate", tmp_path / "drawn", "--hocr", tmp_path / "text", tmp_path / "form.pdf")
    names = {"x": "http://www.w3.org/1999/xhtml"}
    root = ElementTree.fromstring((tmp_path / "text" / "form.hocr").read_text())
    pages = root.findall(".//x:div[@class='ocr_page']", names)
    words = ["".join(word.itertext()) for word in root.findall(".//x:span[@class='ocrx_word']", names)]

    assert {path.name for path in (tmp_path / "drawn").iterdir()} == {
        "form.png", "form-page-2.png", "form-page-3.png",
    }  # fmt: skip
    assert [element.attrib["title"].split("; ")[2] for element in pages] == ["ppageno 0", "ppageno 1", "ppageno 2"]
    assert words == ["472", "38", "905"]
    assert "bbox" in root.find(".//x:span[@class='ocrx_cinfo']", names).attrib["title"]  # type: ignore[union-attr]


def test_too_many_pages_are_refused_before_the_first(pdf: bytes, tiff: bytes) -> None:
    for data, limit in ((pdf, 2), (tiff, 1)):
        with pytest.raises(TooLarge, match="raise NUMINK_MAX_PAGES"):
            open_pages(data, Limits(max_pages=limit))


def test_a_large_page_is_rendered_within_the_limit_of_pixels(pdf: bytes) -> None:
    first = next(open_pages(pdf, Limits(max_pixels=50_000)))

    assert 30_000 < first.width * first.height <= 50_000


@pytest.mark.parametrize("keep", [20, 200, 1000])
def test_a_damaged_pdf_is_an_input_error(pdf: bytes, keep: int) -> None:
    with pytest.raises(BrokenPicture, match="save it again"):
        list(open_pages(pdf[:keep]))


def test_several_threads_may_render_pages(pdf: bytes) -> None:
    """PDFium alone would crash; so this runs in a process of its own."""
    code = (
        "import sys, concurrent.futures as f; from numink.imaging.documents import open_pages\n"
        "data = sys.stdin.buffer.read()\n"
        "with f.ThreadPoolExecutor(4) as pool:\n"
        "    print(sum(pool.map(lambda _: len(list(open_pages(data))), range(24))))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], input=pdf, capture_output=True, check=False)

    assert done.stdout.strip() == b"72", done.stderr[-500:]


def test_a_heic_photo_is_read_with_the_extra_and_refused_with_advice_without_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heif = pytest.importorskip("pillow_heif", reason="the extra [heic] is not installed")
    heif.register_heif_opener()
    data = as_file(page("472"), "HEIF", quality=90)
    (photo,) = open_pages(data)
    assert np.abs(photo.grey.astype(int) - np.asarray(page("472").convert("L"))).mean() < 4

    monkeypatch.setattr("numink.imaging.formats._heic_is_supported", lambda: False)
    with pytest.raises(NotAPicture, match=r"numink\[heic\]"):
        refuse_unsupported(data)


def test_a_tiff_with_damaged_tags_is_read_without_a_warning() -> None:
    """Pillow warns of the tags each time that the file is opened, and warnings are errors here."""
    out = io.BytesIO()
    Image.new("L", (40, 40), 255).save(out, "TIFF")
    damaged = bytearray(out.getvalue())
    damaged[8] = 255  # the number of tags

    with pytest.warns(UserWarning, match="Corrupt EXIF data"):
        Image.open(io.BytesIO(damaged)).load()
    assert [(picture.width, picture.height) for picture in open_pages(bytes(damaged))] == [(40, 40)]


def test_filled_form_fields_of_a_pdf_are_drawn() -> None:
    (page,) = open_pages(filled_form(b"4171"))
    grey = page.grey

    assert grey.min() < 100
    assert (grey[: grey.shape[0] // 2] == 255).all()  # the field is in the lower half


def filled_form(value: bytes) -> bytes:
    """Return a PDF document of one page with a text field, whose value has no appearance yet."""
    field = (
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (amount) /V (" + value + b") /Rect [20 20 180 80] /F 4"
        b" /DA (/Helv 36 Tf 0 g) /P 3 0 R >>"
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] /NeedAppearances true"
        b" /DR << /Font << /Helv 5 0 R >> >> /DA (/Helv 36 Tf 0 g) >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Annots [4 0 R] /Resources << >> >>",
        field,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    return body + b"xref\n0 6\n0000000000 65535 f \n" + table + trailer
