"""Identifiers are the field's terms: the words of the first version's private language are refused."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("src", "tests", "benchmarks", "deploy", "docs")

WORDS = {
    "ink": "foreground", "piece": "component", "pieces": "components", "strip": "line_image", "strips": "line_images",
    "speller": "line_model", "spellers": "line_models", "spell": "decode", "spelling": "hypothesis",
    "spellings": "hypotheses", "hear": "network", "heard": "ensemble", "say": "weight", "said": "output",
    "told": "hypothesis", "desk": "reading_service", "feeder": "batch_worker", "mend": "correct",
    "mended": "corrected", "fix": "correction", "fixes": "corrections", "patience": "timeout",
    "impatient": "timeout", "judge": "fuse", "judged": "fused", "spans": "segments", "surety": "confidence",
    "sureness": "confidence", "looks": "appearance", "hands": "writers", "disturb": "neighbours",
    "disturbed": "neighbours", "nothing": "blank or empty", "known": "constraints", "fits": "satisfied",
    "others": "alternatives", "ways": "styles, routes or alternatives", "whatever": "any", "whoever": "any",
    "what": "the thing itself", "who": "the person", "whose": "the owner", "noughts": "zeros",
}  # fmt: skip
"""Words that no identifier has as one of its parts, with a term to use instead."""
WHOLE = {
    "one": "the thing itself", "at": "index", "found": "candidates, matches or results", "kept": "stored or remaining",
    "there": "existing", "sure": "accepted or confident", "bar": "threshold", "turn": "rotation or orientation",
    "use": "usage", "room": "limit", "places": "frames or positions", "way": "style or route", "hand": "writer",
    "look": "appearance", "taught": "distillation weight", "quick": "first stage", "unfold": "import",
    "optimise": "train", "community": "setup", "mistakes": "confusions", "Archive": "History", "Joined": "Cascade",
    "Terms": "thresholds",
}  # fmt: skip
"""Identifiers that are refused as a whole, but may be a part of another."""
UNMISTAKABLE = {"desk", "feeder", "speller", "spellers", "surety", "sureness", "mended", "disturb"}
"""Words refused in the names of tests as well, which are sentences and may hold the rest."""
ALLOWED = {
    ("src/numink/settings.py", "patience"): "the setting NUMINK_PATIENCE",
    ("src/numink/settings.py", "cloudant_patience"): "the setting NUMINK_CLOUDANT_PATIENCE",
    ("src/numink/settings.py", "room"): "the setting NUMINK_ROOM",
    ("src/numink/accounts/", "room"): "the stored field of a person, and the option --room",
    ("src/numink/evaluation/full_report.py", "kept"): "a field of report.json",
    ("deploy/slim.py", "strip_libraries"): "binutils' strip",
    ("src/numink/web/api/", "fits"): "a field of the API's JSON",
    ("tests/test_api_", "fits"): "the same field",
    ("src/numink/web/api/", "Fix"): "a component's name in the OpenAPI document",
    ("", "say"): "the method of watchers that takes a message",
    ("", "Bar"): "a bar of a chart",
}
"""Outside contracts and the field's own words, with the reason: (start of the file's path, identifier)."""


def python_files() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from sorted((ROOT / folder).rglob("*.py"))


def words_of(identifier: str) -> list[str]:
    """Return the words of a snake_case or CamelCase identifier, in lower case."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", identifier)]


def defined_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of everything that a module defines; attributes only where they are set on self or cls."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            if isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"):
                yield node.lineno, node.attr
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.lineno, node.name
        elif isinstance(node, ast.alias) and node.asname:
            yield node.lineno, node.asname


def instead(name: str, file: str = "") -> str | None:
    """Return the term to use instead of an identifier, or None where the identifier is fine."""
    if any(name == allowed and file.startswith(start) for start, allowed in ALLOWED):
        return None
    if name.startswith("test_"):
        return next((WORDS[word] for word in words_of(name) if word in UNMISTAKABLE), None)
    bare = name.strip("_")
    if bare in WHOLE or bare.lower() in WHOLE:
        return WHOLE.get(bare) or WHOLE[bare.lower()]
    return next((WORDS[word] for word in words_of(name) if word in WORDS), None)


def offences() -> dict[str, list[str]]:
    """Refused identifiers by file, each once with its first line."""
    refused: dict[str, list[str]] = defaultdict(list)
    for path in python_files():
        file = path.relative_to(ROOT).as_posix()
        lines: dict[str, int] = {}
        for line, name in defined_names(ast.parse(path.read_text())):
            lines[name] = min(line, lines.get(name, line))
        names = sorted((line, name) for name, line in lines.items())
        for line, name in [(0, path.stem), *names]:
            if term := instead(name, file):
                refused[file].append(f"{line} {name} -> {term}")
    return refused


def test_identifiers_are_the_fields_terms() -> None:
    refused = offences()
    packages = Counter({file: len(names) for file, names in refused.items()})
    report = "\n".join(f"{file}\n    " + "\n    ".join(names) for file, names in refused.items())

    assert not refused, f"{packages.total()} identifiers in {len(refused)} files:\n{report}"


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("find_ink", True), ("inkwell", False), ("LineStrip", True), ("_told", True), ("HEARD", True), ("one", True),
        ("one_page", False), ("not_found", False), ("FOUND", True), ("test_nothing_is_lost", False),
        ("test_the_desk_answers", True), ("unknown", False), ("Bar", False), ("SpellerFile", True),
    ],
)  # fmt: skip
def test_whole_words_of_an_identifier_count(name: str, refused: bool) -> None:
    assert (instead(name) is not None) is refused
