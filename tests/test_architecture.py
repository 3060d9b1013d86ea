"""Rules of the code base: where libraries are imported, who prints, sizes of files, and the linters and type checks."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "numink"
TOOLS = Path(sys.executable).parent
"""Folder of the linters of this environment."""

LIBRARY_HOMES: dict[str, tuple[str, ...]] = {
    "PIL": (
        "imaging/decode.py", "imaging/decoder/", "imaging/reduction.py", "imaging/colour.py", "datasets/fonts.py",
        "forms/blank.py",
    ),
    "pillow_heif": ("imaging/formats.py",),
    "pypdfium2": ("imaging/decoder/documents.py", "imaging/decoder/form_fields.py"),
    "stdnum": ("recognition/checksums.py",),
    "cv2": (
        "imaging/", "structure/", "forms/", "recognition/components.py", "recognition/enclosures.py",
        "recognition/glyph.py", "recognition/line_image.py", "recognition/strikes.py", "export/overlay.py", "training/",
        "datasets/", "evaluation/",
    ),
    "onnxruntime": ("imaging/onnx_model.py",),
    "torch": ("training/",),
    "onnx": ("training/",),
    "safetensors": ("training/",),
    "matplotlib": ("evaluation/",),
    "flask": ("web/",),
    "babel": ("web/i18n.py", "web/formatting.py", "recognition/number_conventions.py"),
    "flask_login": ("web/auth/identity.py",),
    "authlib": ("web/auth/oidc.py",),
    "smtplib": ("web/auth/mail.py",),
    "itsdangerous": ("accounts/links.py",),
    "argon2": ("accounts/passwords.py",),
    "zxcvbn": ("accounts/passwords.py",),
    "gunicorn": ("web/serving/",),
    "sqlite3": ("store/sqlite/", "store/outbox/"),
    "ibm_cloud_sdk_core": ("watson/rest.py", "store/couchdb/client.py"),
    "ibmcloudant": ("store/couchdb/client.py",),
    "ibm_watsonx_ai": ("watson/deployment.py",),
    "requests": (
        "client.py", "datasets/http_download.py", "store/couchdb/client.py", "watson/rest.py", "web/auth/oidc.py",
    ),
    "tenacity": ("timeouts.py",),
    "pooch": ("datasets/http_download.py",),
    "prometheus_client": ("service/metrics.py",),
    "click": ("cli/",),
    "rich": ("cli/", "training/", "evaluation/"),
    "xlsxwriter": ("export/workbook.py",),
}  # fmt: skip
"""Files and packages that may import each library."""
ENTRY_POINTS = ("cli/", "web/", "training/", "evaluation/", "datasets/", "settings.py")
"""Packages that may print, read input, or end the program."""
MODULES_AT_ROOT = 10


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text())


def imported_packages(tree: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names.add(node.module.partition(".")[0])
    return names


def called_functions(tree: ast.Module) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def attributes(tree: ast.Module) -> set[str]:
    return {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def test_each_library_is_imported_only_in_its_home() -> None:
    violations = [
        f"{name} imports {library}"
        for name, tree in modules()
        for library in imported_packages(tree) & set(LIBRARY_HOMES)
        if not name.startswith(LIBRARY_HOMES[library])
    ]

    assert violations == []


def test_each_listed_library_is_imported() -> None:
    """A library that is imported nowhere belongs neither in the table above nor in pyproject.toml."""
    used = {library for _, tree in modules() for library in imported_packages(tree)}

    assert set(LIBRARY_HOMES) <= used


def test_only_settings_read_the_environment() -> None:
    readers = [
        name
        for name, tree in modules()
        if any(access.startswith(("os.environ", "os.getenv")) for access in attributes(tree)) and name != "settings.py"
    ]

    assert readers == []


def test_only_entry_points_print_exit_or_configure_logging() -> None:
    forbidden = {"print", "exit", "quit", "sys.exit", "os._exit", "logging.basicConfig", "input"}
    callers = [
        f"{name}: {call}"
        for name, tree in modules()
        for call in called_functions(tree) & forbidden
        if not name.startswith(ENTRY_POINTS)
    ]

    assert callers == []


def test_nothing_is_unpickled() -> None:
    assert [
        name for name, tree in modules() if imported_packages(tree) & {"pickle", "shelve", "marshal", "joblib"}
    ] == []


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


def test_the_root_package_is_small() -> None:
    assert len(list(PACKAGE.glob("*.py"))) <= MODULES_AT_ROOT


def test_every_module_has_a_docstring() -> None:
    assert [name for name, tree in modules() if tree.body and not ast.get_docstring(tree)] == []


@pytest.mark.parametrize(
    "command",
    [["lint-imports"], ["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]],
    ids=" ".join,
)
def test_the_source_passes(command: list[str]) -> None:
    """Layers and no cycles of imports, style, format, and strict types; with the tools of this environment."""
    result = subprocess.run([TOOLS / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stdout + result.stderr
