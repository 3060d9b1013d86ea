"""Run the steps of the Dockerfile without a Docker engine, each stage in a file tree of its own.

A stage is a folder with only the files that its steps create; this machine's own /usr, /etc and Python, mounted
read-only, replace the base image. An instruction that numink's Dockerfile does not use is an error.
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
INSIDE = Path(__file__).with_name("inside.sh")
MOUNTS = ("usr", "etc", "proc", "dev", "tmp", "python", "cache", "base")
LINKS = {"bin": "usr/bin", "sbin": "usr/sbin", "lib": "usr/lib", "lib64": "usr/lib64"}
DEVICES = ("null", "zero", "urandom", "random")
PYTHON = sys.base_prefix
BASE_MB = 124
"""Size of python:slim without pip in MB; it cannot be downloaded here, docs/ibm.md has the estimate."""


@dataclass
class Stage:
    """State of a build stage: its file tree, and the settings for the next step."""

    tree: Path
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": "/usr/local/bin:/usr/bin:/bin"})
    folder: str = "/"
    user: str = "0"
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)
    port: str = ""

    def start(self, command: list[str], *, mode: str = "ro", user: str = "", **variables: str) -> subprocess.Popen[str]:
        """Start a process inside, as root for `mode` rw; standard output and error go to one pipe."""
        # `cd` inside: the folder exists only there
        inner = ["sh", "-c", 'cd "$0" && exec "$@"', self.folder, *command]
        wrapper = ["sh", str(INSIDE), str(self.tree), mode, (user or self.user).partition(":")[0], PYTHON]
        namespace = [] if os.geteuid() == 0 else ["--map-root-user"]
        return subprocess.Popen(
            ["unshare", "--mount", *namespace, *wrapper, *inner], env={**self.environment, **variables},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip

    def run(self, command: list[str], *, mode: str = "ro", user: str = "", **variables: str) -> str:
        """Run a command and return its output; the test fails where the command does."""
        process = self.start(command, mode=mode, user=user, **variables)
        output, _ = process.communicate(timeout=900)
        assert process.returncode == 0, f"{command}: {output}"
        return output


def file_bytes(tree: Path) -> int:
    """Return the bytes of all files of a folder, as Docker counts an image's size."""
    return sum(path.lstat().st_size for path in tree.rglob("*") if path.is_file() and not path.is_symlink())


def missing_requirement() -> str:
    """Return the reason why this machine cannot build the image, or an empty text."""
    for tool, package in (("unshare", "util-linux"), ("strip", "binutils")):
        if shutil.which(tool) is None:
            return f"there is no {tool} ({package}), which the build needs"
    namespace = [] if os.geteuid() == 0 else ["--map-root-user"]
    tried = subprocess.run(
        ["unshare", "--mount", *namespace, "mount", "-t", "tmpfs", "none", "/mnt"],
        capture_output=True,
        text=True,
        check=False,
    )
    return f"this machine does not allow mounts in a user namespace: {tried.stderr.strip()}" * (tried.returncode != 0)


def instructions(text: str) -> list[tuple[str, str]]:
    """Return (FROM, python:...), (RUN, ...) and so on, with continued lines joined and without comments."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    return [
        (name, rest.strip()) for name, _, rest in (line.strip().partition(" ") for line in joined.splitlines()) if name
    ]


def build(folder: Path) -> Stage:
    """Run every step and return the last stage; pip uses this machine's cache."""
    result = subprocess.run([sys.executable, "-m", "pip", "cache", "dir"], capture_output=True, text=True, check=False)
    cache = result.stdout.strip()
    variables = {"PIP_CACHE_DIR": "/cache", "CACHE": cache} if cache and Path(cache).is_dir() else {}
    stages: dict[str, Stage] = {}
    stage = Stage(folder)
    for name, rest in instructions((ROOT / "Dockerfile").read_text()):
        if name == "FROM":
            title = rest.split(" AS ")[1] if " AS " in rest else str(len(stages))
            stage = stages[title] = Stage(_empty(folder / title))
        elif name == "COPY":
            _copy(rest, stage, stages)
        elif name == "RUN":
            stage.run(["sh", "-c", rest], mode="rw", user="0", **variables)
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
            variables |= {option: default}
        else:
            raise AssertionError(f"the tests do not support the instruction {name} of the Dockerfile")
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
            destination = into / path.name if target.endswith("/") else into
            destination.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, destination)


def sent(name: str) -> bool:
    """Return whether .dockerignore lets this file of the project through; the last matching pattern decides."""
    included = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if line and not line.startswith("#"):
            pattern = re.escape(line.lstrip("!")).replace(r"\*\*/", "(.*/)?").replace(r"\*", "[^/]*")
            if re.fullmatch(pattern + "(/.*)?", name):
                included = line.startswith("!")
    return included
