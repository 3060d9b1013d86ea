"""Brings the translations up to date with the texts of pages and errors, or begins another one.

    python deploy/texts.py           every file of src/numink/web/texts/ gets what is new, and loses what is gone
    python deploy/texts.py fr        begins French: then write its texts, and that is all
    python deploy/texts.py --check   changes nothing; exit code 1 where a file is not up to date or not complete

Texts are what templates have in _("...") and {% trans %}, what Python gives to `text`, `ntext` and `marked`, and the
messages of errors that people can meet: those whose kind has a title among the problems of the pages, but for those of
stores, in whose place the pages say something else.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

import numink.web.app
import numink.web.auth.setup  # noqa: F401 - both: what errors there are is known once they are loaded
from numink.errors import NuminkError
from numink.web.i18n import TEXTS
from numink.web.problems import PROBLEMS, STORE_DETAILS, RequestError

PACKAGE = Path(__file__).parents[1] / "src" / "numink"
TEMPLATES = "web/templates/**"
WAYS = [("**.py", "python"), (TEMPLATES, "jinja2")]
OPTIONS = {TEMPLATES: {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}}
PLACE = re.compile(r"%\((\w+)\)s|(?<!\{)\{(\w+)[^{}]*\}(?!\})")
"""What stands for a value: %(name)s in templates, {name} elsewhere."""
GENERATED = re.compile(r'^"Generated-By: .*\n', re.MULTILINE)
"""Left out of the files: with each new Babel they would be out of date, though no text is."""
HEAD = """# The texts of numink in another language: above what the source says, below its translation. %(name)s and
# {name} stand for values and stay as they are, tags stay too. `make texts` keeps the file up to date."""


def found() -> Catalog:
    """All texts of the source."""
    catalog = Catalog(project="numink", charset="utf-8")
    for file, line, message, _, context in extract_from_dir(PACKAGE, WAYS, OPTIONS, keywords()):
        catalog.add(message, locations=[(file, line)], context=context)
    return catalog


def keywords() -> dict[str, Any]:
    """What is called with a text, as Babel wants it: which argument, if not the first."""
    words: dict[str, Any] = {**DEFAULT_KEYWORDS, "text": None, "marked": None, "ntext": (1, 2), "RequestError": (2,)}
    return words | {
        kind.__name__: None for kind in _errors(NuminkError) if kind.kind in PROBLEMS.keys() - STORE_DETAILS.keys()
    }


def brought_up_to_date(catalog: Catalog) -> str:
    """The file of a translation, with what is new and without what is gone."""
    catalog.update(found(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    catalog.header_comment, catalog.version, catalog.msgid_bugs_address = HEAD, "", ""
    catalog.last_translator, catalog.language_team = catalog.project, catalog.locale_identifier or ""
    catalog.revision_date = catalog.creation_date
    out = io.BytesIO()
    write_po(out, catalog, width=120, include_lineno=False, sort_by_file=True)
    return GENERATED.sub("", out.getvalue().decode())


def faults(catalog: Catalog) -> Iterator[str]:
    """What a translation lacks, or says with other values than the source."""
    for message in catalog:
        if not message.id:
            continue
        ids, said = (one if isinstance(one, tuple | list) else (one,) for one in (message.id, message.string))
        if message.fuzzy or not all(said) or not said:
            yield f"not translated: {ids[0]}"
        values = {name for one in ids for name in _places(one)}
        if not values.issuperset(name for one in said for name in _places(one)) or set(_places(said[-1])) != values:
            yield f"other values: {ids[0]}"


def _places(said: str | None) -> list[str]:
    return [one or other for one, other in PLACE.findall(said or "")]


def _errors(kind: type[NuminkError]) -> Iterator[type[NuminkError]]:
    for one in kind.__subclasses__():
        if one is not RequestError:
            yield one
        yield from _errors(one)


def main(*words: str) -> int:
    """The exit code."""
    check = "--check" in words
    for code in set(words) - {"--check"}:
        (TEXTS / f"{code}.po").write_text(brought_up_to_date(Catalog(code, project="numink")))
    wrong = 0
    for path in sorted(TEXTS.glob("*.po")):
        before = path.read_text()
        catalog = read_po(io.StringIO(before), path.stem)
        after = brought_up_to_date(catalog)
        if not check:
            path.write_text(after)
        wants = [*(["not up to date: run `make texts`"] if check and after != before else []), *faults(catalog)]
        print(f"{path.name}: {len(catalog)} texts, {len(wants)} to be looked at", *wants, sep="\n  ")
        wrong += len(wants)
    return int(check and wrong > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
