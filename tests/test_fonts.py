"""Fonts of npm packages: fetched with a stand-in of the npm client, and used on composed lines once all are there."""

from __future__ import annotations

import io
import tarfile
from dataclasses import replace
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from click.testing import CliRunner

from numink.cli.training import data as data_commands
from numink.datasets import fonts
from numink.datasets.fonts import FONTS_FOLDER, FontFiles, draw_text, fetch_fonts, load_fonts, tall_height
from numink.errors import DataError
from numink.recognition.alphabet import OTHER_MARK
from numink.training.synthesis import words
from numink.training.synthesis.writer_pool import WriterPool
from numink.training.synthesis.writers import DIGIT_HEIGHT, LineWriter

FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
PACKAGES = {"handwriting": "caveat", "printed": "roboto", "greek": "mansalva"}


def archive(path: Path, *names: str) -> None:
    """Write a package as npm packs it, whose files all hold their own name."""
    with tarfile.open(path, "w:gz") as packed:
        for name in names:
            member, content = tarfile.TarInfo(f"package/files/{name}"), name.encode()
            member.size = len(content)
            packed.addfile(member, io.BytesIO(content))


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that leaves the archive of a package where npm would; it notes the packages asked for."""
    archives, program = tmp_path / "archives", tmp_path / "npm"
    archives.mkdir()
    for package in PACKAGES.values():
        archive(archives / f"{package}.tgz", f"{package}-latin-400-normal.woff", f"{package}-greek-400-normal.woff",
                f"{package}-latin-700-normal.woff")  # fmt: skip
    program.write_text(
        f'#!/bin/sh\necho "$2" >> {tmp_path}/asked\ncp "{archives}/${{2#@fontsource/}}.tgz" . || exit 1\n'
    )
    program.chmod(0o755)
    monkeypatch.setattr(fonts, "HANDWRITING", (PACKAGES["handwriting"],))
    monkeypatch.setattr(fonts, "PRINT", (PACKAGES["printed"],))
    monkeypatch.setattr(fonts, "OTHER_SCRIPTS", ((PACKAGES["greek"], "greek"),))
    return program


def test_each_package_gives_the_file_of_its_script(npm: Path, tmp_path: Path) -> None:
    assert load_fonts(tmp_path) is None
    assert fetch_fonts(tmp_path, str(npm)) == 3

    loaded = load_fonts(tmp_path)
    assert loaded is not None
    assert [path.read_text() for path in (*loaded.handwriting, *loaded.printed)] == [
        "caveat-latin-400-normal.woff", "roboto-latin-400-normal.woff",
    ]  # fmt: skip
    ((path, script),) = loaded.other_scripts
    assert (path.read_text(), script) == ("mansalva-greek-400-normal.woff", "greek")


def test_packages_whose_files_are_there_are_not_fetched_again(npm: Path, tmp_path: Path) -> None:
    fetch_fonts(tmp_path, str(npm))
    next((tmp_path / FONTS_FOLDER).glob("roboto*")).unlink()
    (tmp_path / "asked").unlink()
    fetch_fonts(tmp_path, str(npm))

    assert (tmp_path / "asked").read_text().split() == ["@fontsource/roboto"]


def test_a_package_without_the_file_leaves_nothing_behind(npm: Path, tmp_path: Path) -> None:
    archive(tmp_path / "archives" / "roboto.tgz", "other.woff")

    with pytest.raises(DataError, match=r"@fontsource/roboto has no file roboto-latin-400-normal\.woff"):
        fetch_fonts(tmp_path, str(npm))
    assert load_fonts(tmp_path) is None
    assert not [path for path in (tmp_path / FONTS_FOLDER).iterdir() if "roboto" in path.name]


def test_a_package_that_npm_cannot_get_is_named(npm: Path, tmp_path: Path) -> None:
    (tmp_path / "archives" / "caveat.tgz").unlink()

    with pytest.raises(DataError, match="npm could not get @fontsource/caveat"):
        fetch_fonts(tmp_path, str(npm))


def test_data_fetch_gets_fonts_where_they_are_asked_for(npm: Path, tmp_path: Path, monkeypatch) -> None:
    fetched = []
    monkeypatch.setattr("numink.datasets.fetch.fetch", lambda folder, *_: fetched.append(folder))
    monkeypatch.setenv("PATH", f"{npm.parent}:/bin:/usr/bin")
    target = tmp_path / "to"
    plain = CliRunner().invoke(data_commands, ["fetch", "--to", str(target)], catch_exceptions=False)
    assert not target.exists()
    result = CliRunner().invoke(data_commands, ["fetch", "--to", str(target), "--fonts"], catch_exceptions=False)

    assert fetched == [target, target]
    assert "font files" not in plain.stderr
    assert "3 font files are in" in result.stderr
    assert load_fonts(target) is not None


def test_text_is_drawn_whole_and_bright_on_black() -> None:
    canvas = draw_text("Hgj 0", FONT, 64)

    assert canvas.dtype == np.uint8
    assert canvas[1:-1, 1:-1].sum() == canvas.sum()
    assert canvas.max() == 255
    assert tall_height(FONT, 64) < canvas.shape[0]
    assert tall_height(FONT, 64) == pytest.approx(2 * tall_height(FONT, 32), rel=0.1)


@pytest.fixture
def writer(writers: WriterPool) -> LineWriter:
    files = FontFiles((FONT,), (FONT,), ((FONT, "greek"),))
    return LineWriter.draw(replace(writers, fonts=files), np.random.default_rng(1))


@pytest.mark.parametrize("printed", [True, False])
def test_a_line_in_a_font_is_one_part_about_as_tall_as_digits(writer: LineWriter, printed: bool) -> None:
    (part,) = words.font_line(writer, "No. 42", printed=printed)

    assert part.text == "No. 42"
    assert 0.6 * DIGIT_HEIGHT < part.glyph.shape[0] < 1.5 * DIGIT_HEIGHT
    assert part.glyph.shape[1] > 2 * part.glyph.shape[0]


def test_letters_of_another_script_are_other_marks(writer: LineWriter, writers: WriterPool) -> None:
    drawn = [words.other_script(writer) for _ in range(12)]

    assert {part.text for parts in drawn for part in parts} == {OTHER_MARK}
    assert {len(parts) for parts in drawn} == {1, 2, 3}
    assert words.other_script(LineWriter.draw(writers, np.random.default_rng(1))) == []


def test_without_font_files_a_stroke_font_is_used(writers: WriterPool) -> None:
    (part,) = words.font_line(LineWriter.draw(writers, np.random.default_rng(1)), "12 €", printed=False)

    assert part.glyph.max() > 0.9
