"""The container image: the Dockerfile's steps in a clean folder, started unprivileged on a read-only tree."""

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
from packaging.utils import canonicalize_name

from clean_image import BASE_MB, ROOT, Stage, build, file_bytes, instructions, missing_requirement, sent
from locks import versions_here
from web_client import Client
from web_pictures import digits

LIMIT_MB = 450
BASE_LIBRARIES = re.compile(
    r"(linux-vdso|ld-linux|lib(c|m|mvec|dl|rt|pthread|util|resolv|stdc\+\+|gcc_s|z)\.so)|libpython3|linux-gate"
)
"""Libraries of every Debian with Python."""


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    if reason := missing_requirement():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("image")
    for above in (folder, *folder.parents):
        if above.stat().st_uid == os.geteuid() and above != Path("/"):
            above.chmod(above.stat().st_mode | 0o055)  # another user needs access
    return build(folder)


@contextmanager
def running(image: Stage, port: int, **more: str) -> Iterator[tuple[subprocess.Popen[str], Client]]:
    """Run the image's own command; SIGTERM ends it with the context."""
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


def extras() -> list[str]:
    """Return the extras of the image."""
    return re.findall(r"ARG EXTRAS=(\S+)", (ROOT / "Dockerfile").read_text())[0].split(",")


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_image_serves_unprivileged_on_a_read_only_tree(image: Stage) -> None:
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


def test_only_tmp_is_writable_in_the_image(image: Stage) -> None:
    tried = image.run([
        "sh", "-c",
        'for at in / /opt/numink /data /etc /usr /home /var /tmp; do touch "$at/x" 2>/dev/null && echo $at; done; true',
    ])  # fmt: skip
    assert tried.split() == ["/tmp"]


def test_the_health_check_passes_with_a_server_and_fails_without(image: Stage) -> None:
    port = free_port()
    with running(image, port):
        image.run(image.health, PORT=str(port))
    process = image.start(image.health, PORT=str(port))
    process.communicate(timeout=60)
    assert process.returncode != 0


def test_sigterm_to_the_first_process_ends_numink(image: Stage) -> None:
    port = free_port()
    with running(image, port) as (process, client):
        client.read(digits())
        process.terminate()  # only the first process gets the signal, as in a container
        assert process.wait(timeout=30) == 0


def test_the_image_has_exactly_the_locked_packages(image: Stage) -> None:
    packages = {
        canonicalize_name(name): version
        for name, version in (
            path.name.removesuffix(".dist-info").split("-")
            for path in image.tree.glob("opt/numink/lib/*/site-packages/*.dist-info")
        )
    }
    assert packages.pop("numink")
    assert packages == versions_here("base", *extras())
    assert not list(image.tree.glob("source/*"))


def test_the_image_has_at_most_450_mb(image: Stage) -> None:
    assert file_bytes(image.tree) / 1e6 + BASE_MB <= LIMIT_MB


def test_libraries_of_the_image_need_only_common_libraries_of_the_base_image(image: Stage) -> None:
    """Each library that one in the image is linked to is in the image too, or in any Debian with Python."""
    listing = image.run(["sh", "-c", "find /opt/numink -name '*.so*' -type f -exec ldd {} +"], LD_LIBRARY_PATH="")
    linked = {line.split()[0] for line in listing.splitlines() if line.startswith("\t") and "statically" not in line}
    missing = {
        name for name in linked
        if not BASE_LIBRARIES.match(Path(name).name) and not list(image.tree.glob(f"opt/numink/**/{Path(name).name}"))
    }  # fmt: skip
    assert missing == set()
    assert "not found" not in listing


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


def test_only_the_files_that_the_dockerfile_copies_are_sent_to_the_builder() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    top_level = {name.partition("/")[0] for name in tracked if sent(name)}
    assert top_level == {"pyproject.toml", "README.md", "LICENSE", "requirements", "src", "deploy"}
    assert not sent(".env")
    assert not sent("data/train.gz")
    assert not sent("src/numink/__pycache__/reader.cpython-311.pyc")


def test_the_extras_of_the_image_exist() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert set(extras()) <= set(declared)


def test_every_base_image_is_named_by_its_digest() -> None:
    bases = [rest for name, rest in instructions((ROOT / "Dockerfile").read_text()) if name == "FROM"]
    stages = {rest.partition(" AS ")[2] for rest in bases}
    named = [rest.partition(" AS ")[0] for rest in bases]
    outside = [name for name in named if name not in stages]
    assert outside
    assert all(re.fullmatch(r"[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}", name) for name in outside)


def test_the_image_runs_with_a_numeric_user_other_than_root() -> None:
    steps = dict(instructions((ROOT / "Dockerfile").read_text()))
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", steps["USER"])
    assert steps["EXPOSE"] == "8080"
    assert json.loads(steps["CMD"])[-1].startswith("exec ")
