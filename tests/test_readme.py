"""The commands and examples of the README work as they are written there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from numink import Reader
from pictures import Sheet, as_file, one_digit, write

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def transcripts() -> list[tuple[str, str]]:
    """Return command and output of each `$ numink read ...` in the README."""
    commands = []
    for block in blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, answer = part.partition("\n")
            if command.startswith("numink read"):
                commands.append((command, answer))
    return commands


@pytest.fixture
def pictures_folder(tmp_path: Path) -> Path:
    """Folder with the pictures that the README names."""
    (tmp_path / "digit.png").write_bytes(as_file(one_digit("7")))
    page = write("58", 650, 40, 90, 8, write("302", 30, 40, 90, 8, Sheet(900, 200)))
    (tmp_path / "page.jpg").write_bytes(as_file(page, "JPEG"))
    return tmp_path


@pytest.mark.parametrize(("command", "answer"), transcripts(), ids=[command for command, _ in transcripts()])
def test_a_command_prints_the_output_that_is_shown(pictures_folder: Path, command: str, answer: str) -> None:
    words = [sys.executable, "-m", "numink", *command.split()[1:]]
    done = subprocess.run(words, cwd=pictures_folder, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == answer


def test_there_are_transcripts() -> None:
    assert len(transcripts()) >= 3


def test_the_python_example_runs(
    pictures_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(pictures_folder)
    (example,) = blocks("python")
    exec(compile(example, "README.md", "exec"), {})
    expected = re.findall(r"# -> (.*)", example)
    assert capsys.readouterr().out.splitlines() == expected


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"make (\w+)", README))
    assert {"run", "test"} <= named <= targets


def test_every_file_that_is_linked_exists() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert "docs/page.png" in links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_picture_of_the_readme_is_read_as_it_shows() -> None:
    assert Reader().read(ROOT / "docs" / "page.png").width == 1000
