"""deploy/numink-job: several instances share the files of a folder, and each writes one file of JSON lines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from web_pictures import digits

JOB = Path(__file__).parents[1] / "deploy" / "numink-job"


@pytest.fixture
def bucket(tmp_path: Path) -> Path:
    """Five pictures in folders, a broken picture, and a text file that is to be ignored."""
    into = tmp_path / "bucket" / "in"
    (into / "a folder").mkdir(parents=True)
    for number, name in (("1", "1.png"), ("2", "2.PNG"), ("4", "a folder/four 4.png"), ("7", "a folder/7\nlines.png"),
                         ("47", "-47.png")):  # fmt: skip
        (into / name).write_bytes(digits(number))
    (into / "broken.jpg").write_bytes(b"this is no picture")
    (into / "notes.txt").write_text("6")
    return tmp_path / "bucket"


def job(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["sh", str(JOB), *map(str, arguments)], env={**os.environ, "PATH": path, **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def lines(file: Path) -> list[Any]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_a_single_instance_reads_every_picture_and_a_broken_one_does_not_fail_the_job(bucket: Path) -> None:
    done = job(bucket / "in", bucket / "out")

    assert done.returncode == 0, done.stderr
    results = lines(bucket / "out" / "readings-0.jsonl")
    assert sorted(line["text"] for line in results if "text" in line) == ["1", "2", "4", "47", "7"]
    assert [Path(line["file"]).name for line in results if "error" in line] == ["broken.jpg"]
    assert "part 1 of 1: 6 files, 1 of them not read" in done.stderr


def test_several_instances_read_each_file_exactly_once(bucket: Path) -> None:
    for index in range(4):
        assert job(bucket / "in", bucket / "out", JOB_INDEX=str(index), JOB_ARRAY_SIZE="4").returncode == 0

    files = [line["file"] for part in (bucket / "out").iterdir() for line in lines(part)]
    assert len(files) == len(set(files)) == 6


def test_a_repeated_run_replaces_its_file(bucket: Path) -> None:
    for _ in range(2):
        assert job(bucket / "in", bucket / "out", "--single").returncode == 0
    assert [path.name for path in (bucket / "out").iterdir()] == ["readings-0.jsonl"]
    assert len(lines(bucket / "out" / "readings-0.jsonl")) == 6


def test_an_empty_folder_gives_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    assert job(tmp_path / "in", tmp_path / "out").returncode == 0
    assert (tmp_path / "out" / "readings-0.jsonl").read_text() == ""


@pytest.mark.parametrize(
    ("arguments", "environment", "message"),
    [
        ([], {}, "name the folder of the pictures"),
        (["/nowhere", "/tmp/out"], {}, "there is no folder /nowhere"),
        (["/tmp", "/tmp/out"], {"JOB_INDEX": "x"}, "must be whole numbers"),
        (["/tmp", "/tmp/out"], {"JOB_INDEX": "4", "JOB_ARRAY_SIZE": "4"}, "run with the indexes 0 to 3"),
    ],
)
def test_wrong_usage_of_the_job_ends_with_a_remedy(
    arguments: list[str], environment: dict[str, str], message: str
) -> None:
    done = job(*arguments, **environment)
    assert done.returncode == 2
    assert message in done.stderr


def test_an_unknown_option_fails_the_job(bucket: Path) -> None:
    failed = job(bucket / "in", bucket / "out", "--nonsense")
    assert failed.returncode != 0
    assert not (bucket / "out").exists()
