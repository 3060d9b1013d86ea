"""Update the translations in src/numink/web/texts with Babel's commands extract, init and update.

    python deploy/texts.py           update every translation: add new texts, drop texts that are gone
    python deploy/texts.py fr        begin the translation into French
    python deploy/texts.py --check   change nothing; exit code 1 where a translation is out of date or incomplete

Babel does the work. This script adds two things: the names of the error classes whose messages are shown to people,
as keywords of `extract`, and a check that every text is translated with the same placeholders as the source.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

import numink.web.app
import numink.web.auth.setup  # noqa: F401 - importing both defines every error class that a page can show
from numink.errors import NuminkError
from numink.web.i18n import TEXTS
from numink.web.problems import PROBLEMS, STORE_DETAILS, RequestError

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "numink"
WIDTH = "--width=120"
HEADER = """# A translation of numink's texts: msgid is the English text, msgstr its translation. Keep the placeholders,
# %(name)s and {name}, and the tags as they are. `make texts` keeps the file up to date."""
PLACEHOLDER = re.compile(r"%\((\w+)\)s|(?<!\{)\{(\w+)[^{}]*\}(?!\})")
"""A placeholder for a value: %(name)s in templates, {name} elsewhere."""


def keywords() -> dict[str, str]:
    """Return the functions and classes whose texts are translated, with the argument that holds the text.

    Errors of stores are left out: pages show a general message in their place.
    """
    functions = {"text": "", "marked": "", "ntext": "1,2", "RequestError": "2"}
    return functions | {
        kind.__name__: "" for kind in _subclasses(NuminkError) if kind.kind in PROBLEMS.keys() - STORE_DETAILS.keys()
    }


def pybabel(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run one of Babel's commands in the folder of the package, so that file names in .po files begin there."""
    command = [sys.executable, "-m", "babel.messages.frontend", "--quiet", *arguments]
    return subprocess.run(command, cwd=PACKAGE, capture_output=True, check=False)


def extract(template: Path) -> None:
    """Write all texts of the source to the file `template` (.pot)."""
    names = [f"--keyword={name}:{argument}".rstrip(":") for name, argument in keywords().items()]
    pybabel(
        "extract", f"--mapping-file={ROOT / 'deploy' / 'babel.cfg'}", *names, f"--output-file={template}", WIDTH,
        "--add-location=file", "--sort-by-file", f"--header-comment={HEADER}", "--project=numink", ".",
    ).check_returncode()  # fmt: skip


def begin(template: Path, translation: Path) -> None:
    """Write an empty translation; its file is named by the code of its language."""
    files = (f"--input-file={template}", f"--output-file={translation}", f"--locale={translation.stem}")
    pybabel("init", *files, WIDTH).check_returncode()


def update(template: Path, translation: Path, *, check: bool = False) -> bool:
    """Bring a translation up to date with the source; with `check` only return whether it is."""
    files = (f"--input-file={template}", f"--output-file={translation}", f"--locale={translation.stem}")
    options = ("--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date")
    return pybabel("update", *files, WIDTH, *options, *(["--check"] if check else [])).returncode == 0


def faults(catalog: Catalog) -> Iterator[str]:
    """Return the texts of a translation that are missing, or have other placeholders than the source."""
    for message in catalog:
        if not message.id:
            continue
        source, translated = (
            text if isinstance(text, tuple | list) else (text,) for text in (message.id, message.string)
        )
        if message.fuzzy or not all(translated) or not translated:
            yield f"not translated: {source[0]}"
        values = {name for text in source for name in _placeholders(text)}
        used = {name for text in translated for name in _placeholders(text)}
        if not values.issuperset(used) or set(_placeholders(translated[-1])) != values:
            yield f"other placeholders: {source[0]}"


def _placeholders(text: str | None) -> list[str]:
    return [first or second for first, second in PLACEHOLDER.findall(text or "")]


def _subclasses(kind: type[NuminkError]) -> Iterator[type[NuminkError]]:
    for subclass in kind.__subclasses__():
        if subclass is not RequestError:
            yield subclass
        yield from _subclasses(subclass)


def main(*arguments: str) -> int:
    """Return the exit code."""
    check, count = "--check" in arguments, 0
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "numink.pot"
        extract(template)
        for code in set(arguments) - {"--check"}:
            begin(template, TEXTS / f"{code}.po")
        for path in sorted(TEXTS.glob("*.po")):
            current = update(template, path, check=check)
            with path.open("rb") as file:
                catalog = read_po(file, path.stem)
            problems = [*([] if current else ["out of date: run `make texts`"]), *faults(catalog)]
            print(f"{path.name}: {len(catalog)} texts, {len(problems)} to look at", *problems, sep="\n  ")
            count += len(problems)
    return int(check and count > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
