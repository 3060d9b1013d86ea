"""Rules of the house that a machine can see: homes of libraries, quiet below the doors, small files, tools pass."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "numink"
BESIDE = Path(sys.executable).parent
"""Where the tools of this environment are."""

HOMES: dict[str, tuple[str, ...]] = {
    "PIL": ("imaging/decode.py", "imaging/orientation.py"),
    "pillow_heif": ("imaging/formats.py",),
    "pypdfium2": ("imaging/pdf_renderer.py",),
    "stdnum": ("recognition/constraints.py",),
    "cv2": (
        "imaging/binarization.py", "imaging/ruled_lines.py", "recognition/components.py", "recognition/glyph.py",
        "recognition/line_image.py", "export/overlay.py", "training/", "datasets/", "evaluation/",
    ),
    "onnxruntime": ("recognition/onnx_model.py",),
    "torch": ("training/",),
    "onnx": ("training/",),
    "matplotlib": ("evaluation/",),
    "flask": ("web/",),
    "babel": ("web/i18n.py", "web/formatting.py"),
    "flask_login": ("web/auth/identity.py",),
    "authlib": ("web/auth/oidc.py",),
    "smtplib": ("web/auth/mail.py",),
    "argon2": ("accounts/passwords.py",),
    "zxcvbn": ("accounts/passwords.py",),
    "gunicorn": ("web/serving/",),
    "sqlite3": ("store/sqlite/", "store/outbox/"),
    "ibm_cloud_sdk_core": ("watson/rest.py", "store/couchdb/client.py"),
    "ibmcloudant": ("store/couchdb/client.py",),
    "ibm_watsonx_ai": ("watson/deployment.py",),
    "tenacity": ("watson/rest.py", "store/couchdb/retry.py"),
    "click": ("cli/",),
    "rich": ("cli/", "training/", "evaluation/"),
}  # fmt: skip
DOORS = ("cli/", "web/", "training/", "evaluation/", "datasets/", "settings.py")
"""What may talk to people, or end the program."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text())


def imported(tree: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names.add(node.module.partition(".")[0])
    return names


def called(tree: ast.Module) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def named(tree: ast.Module) -> set[str]:
    return {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def test_each_library_is_imported_only_in_its_home() -> None:
    strays = [
        f"{name} imports {library}"
        for name, tree in modules()
        for library in imported(tree) & set(HOMES)
        if not name.startswith(HOMES[library])
    ]

    assert strays == []


def test_each_home_is_lived_in() -> None:
    """A library that is imported nowhere has no business in the table above, nor in pyproject.toml."""
    used = {library for _, tree in modules() for library in imported(tree)}

    assert set(HOMES) <= used


def test_only_settings_read_the_environment() -> None:
    readers = [
        name
        for name, tree in modules()
        if any(use.startswith(("os.environ", "os.getenv")) for use in named(tree)) and name != "settings.py"
    ]

    assert readers == []


def test_nothing_below_the_doors_prints_exits_or_configures_logging() -> None:
    loud = {"print", "exit", "quit", "sys.exit", "os._exit", "logging.basicConfig", "input"}
    talkers = [
        f"{name}: {call}" for name, tree in modules() for call in called(tree) & loud if not name.startswith(DOORS)
    ]

    assert talkers == []


def test_nothing_is_unpickled() -> None:
    assert [name for name, tree in modules() if imported(tree) & {"pickle", "shelve", "marshal", "joblib"}] == []


def test_no_file_has_more_than_250_lines() -> None:
    files = [path for folder in ("src", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
    long = {path.name: lines for path in files if (lines := len(path.read_text().splitlines())) > 250}

    assert long == {}


def test_no_function_has_more_than_60_lines() -> None:
    long = [
        f"{name}: {node.name}"
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= 60
    ]

    assert long == []


def test_every_module_says_what_it_is() -> None:
    assert [name for name, tree in modules() if tree.body and not ast.get_docstring(tree)] == []


@pytest.mark.parametrize(
    "command",
    [["lint-imports"], ["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]],
    ids=" ".join,
)
def test_the_tree_passes(command: list[str]) -> None:
    """Imports point down only, style, layout, and strict types; with the tools of this environment."""
    result = subprocess.run([BESIDE / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stdout + result.stderr
