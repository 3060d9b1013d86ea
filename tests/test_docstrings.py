"""Docstrings stand by themselves, in plain words, and no line of prose is too long to read."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "numink"
LIMITS = {"what": 3.0, "who": 0.5}
"""Uses per 1,000 words of docstrings that each word must stay below."""
FRAGMENTS = """
after also and as at because before besides but by during even for from how if in into it its itself less likewise
longer more neither none nor not of off on only or otherwise out over per rather since so such than that their them
then they this those though through to told under unless until upon what whatever when whenever where
whereas whether which while who whoever whom whose why with within without
"""
"""First words after which a sentence needs something before it to be understood."""
SHARE_OF_FRAGMENTS = 0.05
LONGEST_LINE = 120
UNCOUNTED = re.compile(r"https?://\S+|  # (noqa|type: ignore|fmt: ).*")
"""Parts of a line of Python that may reach over its end: addresses, and notes to tools."""


@dataclass(frozen=True)
class Docstring:
    """A docstring, and the public or private thing that it describes."""

    where: str
    text: str
    public: bool

    @property
    def is_fragment(self) -> bool:
        """True where the first words need a sentence before them."""
        words = re.findall(r"[\w'`.]+", self.text.lower())
        return not words or words[0].strip("`.") in FRAGMENTS.split() or words[:2] == ["the", "same"]


def docstrings_of(tree: ast.Module, file: str) -> Iterator[Docstring]:
    """Docstrings of a module, its classes and functions, and of attributes and constants."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for before, statement in zip([node, *node.body], node.body, strict=False):
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                text = statement.value.value
                if isinstance(text, str):
                    public = not re.match(r"_(?!_)", name_of(before))
                    yield Docstring(f"{file}:{statement.lineno}", text.strip(), public)


def name_of(node: ast.AST) -> str:
    """Return the name that a definition or an assignment gives, or an empty string."""
    target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
    return target.id if isinstance(target, ast.Name) else getattr(node, "name", "")


@cache
def docstrings() -> tuple[Docstring, ...]:
    return tuple(
        docstring
        for path in sorted(SOURCE.rglob("*.py"))
        for docstring in docstrings_of(ast.parse(path.read_text()), path.relative_to(ROOT).as_posix())
    )


@pytest.mark.parametrize("word", LIMITS)
def test_docstrings_name_things_instead_of_asking_for_them(word: str) -> None:
    counts = Counter(word.lower() for docstring in docstrings() for word in re.findall(r"[A-Za-z']+", docstring.text))
    rate = 1000 * counts[word] / counts.total()
    users = [each.where for each in docstrings() if re.search(rf"\b{word}\b", each.text, re.IGNORECASE)]

    assert rate < LIMITS[word], f"{word!r} {rate:.1f} times per 1,000 words, in:\n" + "\n".join(users)


def test_public_docstrings_begin_with_a_verb_or_a_noun_phrase() -> None:
    public = [docstring for docstring in docstrings() if docstring.public]
    fragments = [f"{each.where} {each.text.splitlines()[0][:90]}" for each in public if each.is_fragment]
    share = len(fragments) / len(public)

    assert share < SHARE_OF_FRAGMENTS, f"{share:.1%} of {len(public)} begin with a fragment:\n" + "\n".join(fragments)


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("Of the owner's.", True), ("Whether it is read.", True), ("The same, of a batch.", True), ("`what`", True),
        ("Return whether it is read.", False), ("Seconds that a request may take.", False), ("One line.", False),
    ],
)  # fmt: skip
def test_a_fragment_is_known_by_its_first_words(text: str, fragment: bool) -> None:
    assert Docstring("", text, public=True).is_fragment is fragment


def markdown_prose(text: str) -> Iterator[tuple[int, str]]:
    """Number and text of each line outside code blocks and tables, without the addresses of links."""
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced and not line.startswith(("    ", "|")):
            yield number, re.sub(r"\]\([^)]*\)|https?://\S+", "", line)


def test_no_line_of_markdown_prose_is_longer_than_the_code() -> None:
    files = [*ROOT.glob("*.md"), *(path for folder in ("docs", "src", "deploy", "benchmarks", "tests")
                                   for path in (ROOT / folder).rglob("*.md"))]  # fmt: skip
    long = [
        f"{path.relative_to(ROOT)}:{number} has {len(line)} characters"
        for path in files
        for number, line in markdown_prose(path.read_text())
        if len(line) > LONGEST_LINE
    ]

    assert long == []


def test_no_line_of_python_is_longer_than_the_code() -> None:
    folders = ("src", "tests", "benchmarks", "deploy", "docs")
    long = [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(UNCOUNTED.sub("", line)) > LONGEST_LINE and "noqa: E501" not in line
    ]

    assert long == []
