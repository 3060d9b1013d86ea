"""The image: the Dockerfile's own steps in a clean folder, started as nobody in particular on a read-only tree."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from clean_image import BASE, ROOT, Stage, build, file_bytes, instructions, sent, why_not
from web_client import Client
from web_pictures import digits

LIMIT = 450
BASE_LIBRARIES = re.compile(
    r"(linux-vdso|ld-linux|lib(c|m|mvec|dl|rt|pthread|util|resolv|stdc\+\+|gcc_s|z)\.so)|libpython3|linux-gate"
)
"""What every Debian with Python has."""


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    if reason := why_not():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("image")
    for above in (folder, *folder.parents):
        if above.stat().st_uid == os.geteuid() and above != Path("/"):
            above.chmod(above.stat().st_mode | 0o055)  # another user has to get in
    return build(folder)


@contextmanager
def running(image: Stage, port: int, **more: str) -> Iterator[tuple[subprocess.Popen[str], Client]]:
    """The image's own command, until SIGTERM."""
    process = image.start(image.command, PORT=str(port), **more)
    assert process.stdout
    try:
        line = process.stdout.readline()
        assert line.startswith(f"numink is at http://0.0.0.0:{port} "), line + process.stdout.read()
        yield process, Client(port)
    finally:
        process.terminate()
        process.wait(timeout=60)
        process.stdout.close()


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_it_serves_as_nobody_on_a_read_only_tree(image: Stage) -> None:
    port = free_port()
    with running(image, port) as (process, client):
        assert client.get("/readyz").status == 200
        answer = client.read(digits("47"))
        assert answer.status == 200
        assert answer.json["pages"][0]["text"] == "47"
        assert client.get("/").status == 200
        status = Path(f"/proc/{process.pid}/status").read_text()
        if os.geteuid() == 0:
            assert re.search(r"^Uid:\t10001\t10001\t10001\t10001$", status, re.M)
        assert re.search(r"^CapEff:\t0+$", status, re.M)


def test_it_can_write_to_tmp_alone(image: Stage) -> None:
    tried = image.run([
        "sh", "-c",
        'for at in / /opt/numink /data /etc /usr /home /var /tmp; do touch "$at/x" 2>/dev/null && echo $at; done; true',
    ])  # fmt: skip
    assert tried.split() == ["/tmp"]


def test_the_health_check_of_the_image_tells_well_from_ill(image: Stage) -> None:
    port = free_port()
    with running(image, port):
        image.run(image.health, PORT=str(port))
    process = image.start(image.health, PORT=str(port))
    process.communicate(timeout=60)
    assert process.returncode != 0


def test_sigterm_reaches_numink_itself(image: Stage) -> None:
    port = free_port()
    with running(image, port) as (process, client):
        client.read(digits())
        process.terminate()  # the first process alone is told, as in a container
        assert process.wait(timeout=30) == 0


def test_it_has_what_serving_needs_and_no_more(image: Stage) -> None:
    packages = {
        path.name.partition("-")[0].lower() for path in image.tree.glob("opt/numink/lib/*/site-packages/*.dist-info")
    }
    assert {"numink", "flask", "gunicorn", "onnxruntime"} <= packages
    assert not packages & {"pip", "setuptools", "wheel", "torch", "onnx", "matplotlib", "pytest", "pandas"}
    assert not list(image.tree.glob("source/*"))


def test_its_file_tree_is_at_most_450_mb(image: Stage) -> None:
    assert file_bytes(image.tree) / 1e6 + BASE <= LIMIT


def test_its_libraries_ask_the_base_image_for_nothing_unusual(image: Stage) -> None:
    """Each shared library that one of ours is linked to is ours too, or stands in any Debian with Python."""
    found = image.run(["sh", "-c", "find /opt/numink -name '*.so*' -type f -exec ldd {} +"], LD_LIBRARY_PATH="")
    asked = {line.split()[0] for line in found.splitlines() if line.startswith("\t") and "statically" not in line}
    strange = {
        name for name in asked
        if not BASE_LIBRARIES.match(Path(name).name) and not list(image.tree.glob(f"opt/numink/**/{Path(name).name}"))
    }  # fmt: skip
    assert strange == set()
    assert "not found" not in found


def test_a_job_in_the_image_reads_a_folder(image: Stage) -> None:
    bucket = image.tree / "mnt"
    bucket.mkdir()
    (bucket / "47.png").write_bytes(digits("47"))
    try:
        lines = image.run(["sh", "-c", "numink-job /mnt /tmp/out 2>/dev/null && cat /tmp/out/readings-0.jsonl"])
    finally:
        shutil.rmtree(bucket)
    page = json.loads(lines)
    assert (page["file"], page["text"]) == ("/mnt/47.png", "47")


def test_the_builder_is_sent_what_the_steps_copy_and_nothing_else() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    let_through = {name.partition("/")[0] for name in tracked if sent(name)}
    assert let_through == {"pyproject.toml", "README.md", "LICENSE", "src", "deploy"}
    assert not sent(".env")
    assert not sent("data/train.gz")
    assert not sent("src/numink/__pycache__/reader.cpython-311.pyc")


def test_the_extras_that_the_image_has_are_there() -> None:
    asked = re.findall(r"ARG EXTRAS=(\S+)", (ROOT / "Dockerfile").read_text())
    known = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert set(asked[0].split(",")) <= set(known)


def test_the_image_runs_as_a_number_that_is_not_root() -> None:
    steps = dict(instructions((ROOT / "Dockerfile").read_text()))
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", steps["USER"])
    assert steps["EXPOSE"] == "8080"
    assert json.loads(steps["CMD"])[-1].startswith("exec ")
