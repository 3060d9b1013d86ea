"""Languages of the pages: choice of the language, translation of texts, and links to the other languages.

Texts in the source are English; every other language is a gettext catalogue in `texts/`, parsed when it is first
needed, so that nothing has to be compiled. The API always answers in English. Module `formatting` writes numbers and
dates.
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
from .redirects import local_path

blueprint = Blueprint("languages", __name__)
TEXTS = Path(__file__).parent / "texts"
SOURCE_LANGUAGE = "en"
"""Language of the texts in the source."""
LANGUAGE_COOKIE = "numink_language"
COOKIE_SECONDS = 31_536_000
"""Lifetime of the cookie: a year."""
LANGUAGE_IN_QUERY = "device."
"""Prefix of endpoints whose query may name the language: a service worker requests offline pages without cookies."""


def init_i18n(app: Flask, settings: Settings) -> None:
    """Make `app` answer in the visitor's language, or in that of the settings. Raises SettingsError."""
    if settings.language and settings.language not in languages():
        raise SettingsError(
            f"NUMINK_LANGUAGE is '{settings.language}', and there are {', '.join(languages())}: "
            "set one of them, or leave it empty for the language that each browser asks for"
        )
    app.config["LANGUAGE"] = settings.language
    jinja = app.jinja_env
    jinja.add_extension("jinja2.ext.i18n")
    jinja.policies["ext.i18n.trimmed"] = True
    functions = {name: lambda *texts, name=name: getattr(_catalogue(language()), name)(*texts)
                 for name in ("gettext", "ngettext", "pgettext", "npgettext")}  # fmt: skip
    jinja.install_gettext_callables(  # type: ignore[attr-defined]  # the extension's
        functions["gettext"], functions["ngettext"], newstyle=True,
        pgettext=functions["pgettext"], npgettext=functions["npgettext"],
    )  # fmt: skip
    jinja.globals.update(language=language, switches=language_links, is_translated=is_translated)
    app.register_blueprint(blueprint)
    app.after_request(add_language_headers)


@cache
def languages() -> tuple[str, ...]:
    """Return the codes of all languages, English first."""
    return (SOURCE_LANGUAGE, *sorted(path.stem for path in TEXTS.glob("*.po")))


def language() -> str:
    """Return the code of the language in which this request is answered."""
    if not has_request_context():
        return SOURCE_LANGUAGE
    if "language" not in g:
        g.language = _choose_language()
    code: str = g.language
    return code


def text(message: str, **values: object) -> str:
    """Translate a message into the language of this request, and format numbers among `values` for it."""
    translated = _catalogue(language()).gettext(message)
    return _LocalisingFormatter().vformat(translated, (), values) if values else translated


def ntext(singular: str, plural: str, count: int, **values: object) -> str:
    """Translate a message in the form for a number of things; `count` is among the values."""
    translated = _catalogue(language()).ngettext(singular, plural, count)
    return _LocalisingFormatter().vformat(translated, (), {"count": count, **values})


def error_text(error: NuminkError) -> str:
    """Translate the message of an error into the language of this request."""
    return text(error.message, **error.values)


def is_translated(message: str) -> bool:
    """Return True where a message has a translation, or needs none because the language is English."""
    return language() == SOURCE_LANGUAGE or _catalogue(language()).gettext(message) != message


def localised(number: str) -> str:
    """Replace the decimal point and the thousands commas of a number by the signs of this request's language."""
    symbols = locale().number_symbols["latn"]
    return number.translate(str.maketrans({".": symbols["decimal"], ",": symbols["group"]}))


def locale() -> Locale:
    """Return the locale for dates and numbers; for English it is the British one, with the day before the month."""
    return _locale("en_GB" if language() == SOURCE_LANGUAGE else language())


def language_links() -> list[tuple[str, str, str]]:
    """Return code, own name and address of each other language; an empty list where the settings fix the language."""
    if current_app.config["LANGUAGE"]:
        return []
    return_path = _path_to_return_to()
    return [
        (code, _locale(code).get_display_name() or code, url_for("languages.choose", code=code, next=return_path))
        for code in languages()
        if code != language()
    ]


@blueprint.get("/language/<code>")
def choose(code: str) -> AnyResponse:
    """Store a language in a cookie and return to the page."""
    if code not in languages():
        abort(404)
    response = redirect(local_path(request.args.get("next", "")) or url_for("pages.home"), 303)
    secure = current_app.session_interface.get_cookie_secure(current_app)
    path = request.script_root or "/"
    response.set_cookie(LANGUAGE_COOKIE, code, COOKIE_SECONDS, path=path, secure=secure, httponly=True, samesite="Lax")
    return response


def add_language_headers(response: Response) -> Response:
    """Name the language for screen readers, and the headers that it depends on for caches."""
    if "language" in g and not request.path.startswith("/api/v1/"):
        response.headers.setdefault("Content-Language", language())
    if g.get("language_negotiated"):
        response.vary.update(("Accept-Language", "Cookie"))
    return response


class _LocalisingFormatter(string.Formatter):
    """A formatter that writes numbers in the language of this request."""

    def format_field(self, value: Any, format_spec: str) -> str:
        formatted = format(value, format_spec)
        return localised(formatted) if isinstance(value, int | float) else formatted


def _choose_language() -> str:
    if request.path.startswith("/api/") and request.endpoint != "api_docs.page":
        return SOURCE_LANGUAGE
    if fixed := current_app.config.get("LANGUAGE"):
        return str(fixed)
    in_query = request.args.get("language", "") if (request.endpoint or "").startswith(LANGUAGE_IN_QUERY) else ""
    if in_query in languages():
        return in_query
    g.language_negotiated = True
    in_cookie = request.cookies.get(LANGUAGE_COOKIE, "")
    if in_cookie in languages():
        return in_cookie
    return request.accept_languages.best_match(languages()) or SOURCE_LANGUAGE


def _path_to_return_to() -> str | None:
    """Return the path of this page; None for a form sent to an address that cannot be opened as a page."""
    if (request.endpoint or "").startswith(LANGUAGE_IN_QUERY):
        return request.script_root + request.path  # without the query, which may name a language
    if request.method == "GET":
        return request.script_root + request.full_path.rstrip("?")
    return request.script_root + request.path if _has_page() else None


def _has_page() -> bool:
    """Return True where the address to which a form was sent can also be opened as a page."""
    return bool(current_app.create_url_adapter(request).test(method="GET"))  # type: ignore[union-attr]


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(code)


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    """Load the translations of a language; those of English return each text unchanged."""
    if code == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    with (TEXTS / f"{code}.po").open("rb") as file:
        compiled = io.BytesIO()
        write_mo(compiled, read_po(file, code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
