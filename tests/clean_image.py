"""The Dockerfile without a Docker engine: its steps run, one after the other, in file trees of their own.

A stage is a folder with nothing in it but what the steps put there; the base image is played by this machine's own
/usr, /etc and Python, mounted read-only. Knows the instructions that our Dockerfile has; another one is an error.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
INTERNAL_ERROR = Path(__file__).with_name("inside.sh")
MOUNTS = ("usr", "etc", "proc", "dev", "tmp", "python", "cache", "base")
LINKS = {"bin": "usr/bin", "sbin": "usr/sbin", "lib": "usr/lib", "lib64": "usr/lib64"}
DEVICES = ("null", "zero", "urandom", "random")
PYTHON = sys.base_prefix
BASE = 120
"""MB of files that are allowed for python:slim without pip; it cannot be fetched here, docs/ibm.md has the estimate."""


@dataclass
class Stage:
    """What has been built so far, and what the next step finds."""

    tree: Path
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": "/usr/local/bin:/usr/bin:/bin"})
    folder: str = "/"
    user: str = "0"
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)
    port: str = ""

    def start(self, command: list[str], *, mode: str = "ro", user: str = "", **more: str) -> subprocess.Popen[str]:
        """A process inside, as root for `mode` rw; its standard output and error come through one pipe."""
        # not `cd`: the folder's name is only known inside
        inner = ["sh", "-c", 'cd "$0" && exec "$@"', self.folder, *command]
        known = ["sh", str(INTERNAL_ERROR), str(self.tree), mode, (user or self.user).partition(":")[0], PYTHON]
        own = [] if os.geteuid() == 0 else ["--map-root-user"]
        return subprocess.Popen(
            ["unshare", "--mount", *own, *known, *inner], env={**self.environment, **more},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip

    def run(self, command: list[str], *, mode: str = "ro", user: str = "", **more: str) -> str:
        """Runs to the end; the test fails where the command does."""
        process = self.start(command, mode=mode, user=user, **more)
        output, _ = process.communicate(timeout=900)
        assert process.returncode == 0, f"{command}: {output}"
        return output


def file_bytes(tree: Path) -> int:
    """Of all files of a folder, as Docker counts an image's size."""
    return sum(path.lstat().st_size for path in tree.rglob("*") if path.is_file() and not path.is_symlink())


def why_not() -> str:
    """Why this machine cannot do it, or nothing."""
    for tool, package in (("unshare", "util-linux"), ("strip", "binutils")):
        if shutil.which(tool) is None:
            return f"there is no {tool} ({package}) to play the builder with"
    own = [] if os.geteuid() == 0 else ["--map-root-user"]
    tried = subprocess.run(
        ["unshare", "--mount", *own, "mount", "-t", "tmpfs", "none", "/mnt"],
        capture_output=True,
        text=True,
        check=False,
    )
    return f"this machine lets nobody mount in a namespace of his own: {tried.stderr.strip()}" * (tried.returncode != 0)


def instructions(text: str) -> list[tuple[str, str]]:
    """(FROM, python:...), (RUN, ...) and so on, with lines joined and comments gone."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    return [
        (name, rest.strip()) for name, _, rest in (line.strip().partition(" ") for line in joined.splitlines()) if name
    ]


def build(folder: Path) -> Stage:
    """Runs every step; the last stage. pip keeps what it loads where it always does on this machine."""
    kept = subprocess.run([sys.executable, "-m", "pip", "cache", "dir"], capture_output=True, text=True, check=False)
    cache = kept.stdout.strip()
    more = {"PIP_CACHE_DIR": "/cache", "CACHE": cache} if cache and Path(cache).is_dir() else {}
    stages: dict[str, Stage] = {}
    stage = Stage(folder)
    for name, rest in instructions((ROOT / "Dockerfile").read_text()):
        if name == "FROM":
            title = rest.split(" AS ")[1] if " AS " in rest else str(len(stages))
            stage = stages[title] = Stage(_empty(folder / title))
        elif name == "COPY":
            _copy(rest, stage, stages)
        elif name == "RUN":
            stage.run(["sh", "-c", rest], mode="rw", user="0", **more)
        elif name == "ENV":
            stage.environment |= dict(re.findall(r"(\w+)=(\S+)", rest))
        elif name == "WORKDIR":
            stage.folder = rest
            (stage.tree / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
        elif name == "USER":
            stage.user = rest
        elif name == "EXPOSE":
            stage.port = rest
        elif name == "HEALTHCHECK":
            stage.health = json.loads(rest.partition("CMD ")[2])
        elif name == "CMD":
            stage.command = json.loads(rest)
        elif name == "ARG":
            option, _, default = rest.partition("=")
            more |= {option: default}
        else:
            raise AssertionError(f"the tests do not know {name} of the Dockerfile")
    return stage


def _empty(tree: Path) -> Path:
    tree.mkdir()
    tree.chmod(0o755)
    for name in MOUNTS:
        (tree / name).mkdir()
    for name, target in LINKS.items():
        (tree / name).symlink_to(target)
    for name in DEVICES:
        (tree / "dev" / name).touch()
    return tree


def _copy(rest: str, stage: Stage, stages: dict[str, Stage]) -> None:
    *sources, target = rest.split()
    origin = ROOT
    if sources[0].startswith("--from="):
        origin = stages[sources.pop(0).removeprefix("--from=")].tree
    into = stage.tree / (Path(stage.folder) / target).as_posix().lstrip("/")
    for source in sources:
        path = origin / source.lstrip("/")
        if path.is_dir():
            skip = None if origin is not ROOT else shutil.ignore_patterns("__pycache__", "*.egg-info")
            shutil.copytree(path, into, symlinks=True, ignore=skip, dirs_exist_ok=True)
        else:
            if origin is ROOT:
                assert sent(source), f"{source} is not let through by .dockerignore"
            aim = into / path.name if target.endswith("/") else into
            aim.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, aim)


def sent(name: str) -> bool:
    """Whether .dockerignore lets this file of the project through to the builder: the last that fits decides."""
    kept = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if line and not line.startswith("#"):
            pattern = re.escape(line.lstrip("!")).replace(r"\*\*/", "(.*/)?").replace(r"\*", "[^/]*")
            if re.fullmatch(pattern + "(/.*)?", name):
                kept = line.startswith("!")
    return kept
