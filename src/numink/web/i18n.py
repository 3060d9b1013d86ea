"""The language of a page: which one it is, its texts, and the switch. A translation is a file of `texts/`.

English is what the source says; every other language is a gettext catalogue, read as text when it is first asked for,
so that nothing has to be compiled. The API speaks English to everybody. `formats` writes numbers and days.
"""

from __future__ import annotations

import gettext
import io
import string
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Blueprint, Flask, Response, abort, current_app, g, has_request_context, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ..errors import NuminkError, SettingsError
from ..settings import Settings
from .redirects import path_here

blueprint = Blueprint("languages", __name__)
TEXTS = Path(__file__).parent / "texts"
SOURCE = "en"
"""What the texts of the source are written in."""
COOKIE = "numink_language"
YEAR = 31_536_000
BY_ADDRESS = "device."
"""Endpoints whose address may say the language: what is kept on a device was asked for without cookies."""


def have_languages(app: Flask, settings: Settings) -> None:
    """Has pages of `app` speak the visitor's language, or that of the settings. Raises SettingsError."""
    if settings.language and settings.language not in languages():
        raise SettingsError(
            f"NUMINK_LANGUAGE is '{settings.language}', and there are {', '.join(languages())}: "
            "set one of them, or nothing for what each browser asks for"
        )
    app.config["LANGUAGE"] = settings.language
    jinja = app.jinja_env
    jinja.add_extension("jinja2.ext.i18n")
    jinja.policies["ext.i18n.trimmed"] = True
    catalogue = {name: lambda *words, name=name: getattr(_catalogue(language()), name)(*words)
                 for name in ("gettext", "ngettext", "pgettext", "npgettext")}  # fmt: skip
    jinja.install_gettext_callables(  # type: ignore[attr-defined]  # the extension's
        catalogue["gettext"], catalogue["ngettext"], newstyle=True,
        pgettext=catalogue["pgettext"], npgettext=catalogue["npgettext"],
    )  # fmt: skip
    jinja.globals.update(language=language, switches=switches, spoken=spoken, is_translated=is_translated)
    app.register_blueprint(blueprint)
    app.after_request(say_what_it_depends_on)


@cache
def languages() -> tuple[str, ...]:
    """All that there are, English first."""
    return (SOURCE, *sorted(path.stem for path in TEXTS.glob("*.po")))


def language() -> str:
    """That of the answer to this request."""
    if not has_request_context():
        return SOURCE
    if "language" not in g:
        g.language = _wanted()
    found: str = g.language
    return found


def text(message: str, **values: object) -> str:
    """A message of the source in the language of this request; numbers among `values` are written as there."""
    said = _catalogue(language()).gettext(message)
    return _Writer().vformat(said, (), values) if values else said


def counted(one: str, many: str, count: int, **values: object) -> str:
    """The same for a number of things: `count` is among the values."""
    said = _catalogue(language()).ngettext(one, many, count)
    return _Writer().vformat(said, (), {"count": count, **values})


def spoken(error: NuminkError) -> str:
    """What an error says, in the language of this request."""
    return text(error.message, **error.values)


def is_translated(message: str) -> bool:
    """Whether there is a translation of it; in English everything is."""
    return language() == SOURCE or _catalogue(language()).gettext(message) != message


def localised(number: str) -> str:
    """A number as Python writes it, with the points and commas of this request's language."""
    signs = locale().number_symbols["latn"]
    return number.translate(str.maketrans({".": signs["decimal"], ",": signs["group"]}))


def locale() -> Locale:
    """How days and numbers are written. English is Britain's: its days come before its months."""
    return _locale("en_GB" if language() == SOURCE else language())


def switches() -> list[tuple[str, str, str]]:
    """The other languages of this server: code, what it calls itself, where to go for it. None where one is set."""
    if current_app.config["LANGUAGE"]:
        return []
    there = request.full_path.rstrip("?") if request.method == "GET" else request.path if _is_page() else None
    if (request.endpoint or "").startswith(BY_ADDRESS):
        there = request.path  # without the language that its address may have
    return [
        (code, _locale(code).get_display_name() or code, url_for("languages.choose", code=code, next=there))
        for code in languages()
        if code != language()
    ]


@blueprint.get("/language/<code>")
def choose(code: str) -> AnyResponse:
    """Keeps a language in a cookie, and goes back to the page."""
    if code not in languages():
        abort(404)
    answer = redirect(path_here(request.args.get("next", "")) or url_for("pages.home"), 303)
    secure = current_app.session_interface.get_cookie_secure(current_app)
    answer.set_cookie(COOKIE, code, YEAR, secure=secure, httponly=True, samesite="Lax")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def say_what_it_depends_on(response: Response) -> Response:
    """For caches, and for who reads the page aloud."""
    if "language" in g and not request.path.startswith("/api/v1/"):
        response.headers.setdefault("Content-Language", language())
    if g.get("language_asked"):
        response.vary.update(("Accept-Language", "Cookie"))
    return response


class _Writer(string.Formatter):
    """Python's, with numbers of this request's language."""

    def format_field(self, value: Any, format_spec: str) -> str:
        written = format(value, format_spec)
        return localised(written) if isinstance(value, int | float) else written


def _wanted() -> str:
    if request.path.startswith("/api/") and request.endpoint != "api_docs.page":
        return SOURCE
    if fixed := current_app.config.get("LANGUAGE"):
        return str(fixed)
    named = request.args.get("language", "") if (request.endpoint or "").startswith(BY_ADDRESS) else ""
    if named in languages():
        return named
    g.language_asked = True
    kept = request.cookies.get(COOKIE, "")
    return kept if kept in languages() else request.accept_languages.best_match(languages()) or SOURCE


def _is_page() -> bool:
    """Whether the address of a form that was sent shows a page too."""
    return bool(current_app.create_url_adapter(request).test(method="GET"))  # type: ignore[union-attr]


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(code)


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    """Its texts; of English none, which says what the source says."""
    if code == SOURCE:
        return gettext.NullTranslations()
    with (TEXTS / f"{code}.po").open("rb") as file:
        compiled = io.BytesIO()
        write_mo(compiled, read_po(file, code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
