"""deploy/numink-job: instances that share a folder read each file once, and leave a file of lines each."""

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
    """Five pictures in folders, one that is none, and a text that is nobody's business."""
    into = tmp_path / "bucket" / "in"
    (into / "a folder").mkdir(parents=True)
    for number, name in (("1", "1.png"), ("2", "2.PNG"), ("4", "a folder/four 4.png"), ("7", "a folder/7\nlines.png"),
                         ("47", "-47.png")):  # fmt: skip
        (into / name).write_bytes(digits(number))
    (into / "broken.jpg").write_bytes(b"this is no picture")
    (into / "notes.txt").write_text("6")
    return tmp_path / "bucket"


def job(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["sh", str(JOB), *map(str, words)], env={**os.environ, "PATH": path, **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def lines(file: Path) -> list[Any]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_alone_it_reads_every_picture_and_a_broken_one_is_no_failure(bucket: Path) -> None:
    done = job(bucket / "in", bucket / "out")

    assert done.returncode == 0, done.stderr
    said = lines(bucket / "out" / "readings-0.jsonl")
    assert sorted(line["text"] for line in said if "text" in line) == ["1", "2", "4", "47", "7"]
    assert [Path(line["file"]).name for line in said if "error" in line] == ["broken.jpg"]
    assert "part 1 of 1: 6 files, 1 of them not read" in done.stderr


def test_instances_share_the_work_and_miss_nothing(bucket: Path) -> None:
    for index in range(4):
        assert job(bucket / "in", bucket / "out", JOB_INDEX=str(index), JOB_ARRAY_SIZE="4").returncode == 0

    files = [line["file"] for part in (bucket / "out").iterdir() for line in lines(part)]
    assert len(files) == len(set(files)) == 6


def test_a_part_that_is_run_again_writes_the_same_file(bucket: Path) -> None:
    for _ in range(2):
        assert job(bucket / "in", bucket / "out", "--single").returncode == 0
    assert [path.name for path in (bucket / "out").iterdir()] == ["readings-0.jsonl"]
    assert len(lines(bucket / "out" / "readings-0.jsonl")) == 6


def test_an_empty_folder_is_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    assert job(tmp_path / "in", tmp_path / "out").returncode == 0
    assert (tmp_path / "out" / "readings-0.jsonl").read_text() == ""


@pytest.mark.parametrize(
    ("words", "environment", "said"),
    [
        ([], {}, "name the folder of the pictures"),
        (["/nowhere", "/tmp/out"], {}, "there is no folder /nowhere"),
        (["/tmp", "/tmp/out"], {"JOB_INDEX": "x"}, "must be whole numbers"),
        (["/tmp", "/tmp/out"], {"JOB_INDEX": "4", "JOB_ARRAY_SIZE": "4"}, "run with the indexes 0 to 3"),
    ],
)
def test_what_it_cannot_do_is_said(words: list[str], environment: dict[str, str], said: str) -> None:
    told = job(*words, **environment)
    assert told.returncode == 2
    assert said in told.stderr


def test_an_option_that_is_none_fails_the_job(bucket: Path) -> None:
    failed = job(bucket / "in", bucket / "out", "--nonsense")
    assert failed.returncode != 0
    assert not (bucket / "out").exists()
