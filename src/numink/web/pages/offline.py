"""Offline page: numbers drawn and read on the visitor's own device; its files, service worker and web app manifest.

The page's scripts repeat the steps of `Reader.read(..., single=True)` for a digit, and those up to the line model's
strings for a number with its signs. They run the same model files with ONNX Runtime's build for browsers, which the
Makefile puts among the static files; without it the page is not available. One digest of all cached files is part of
their addresses, so that an older page never loads a newer script, and of the service worker's text, so that browsers
notice a new version. A device caches the page in one language: that of the page from which it last updated the service
worker.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from functools import cache
from importlib.metadata import version
from pathlib import Path

from flask import Blueprint, Response, abort, jsonify, make_response, render_template, request, send_file, url_for

from ...recognition.acceptance import PARAMETERS as ACCEPTANCE
from ..auth.identity import shared_reading_service
from ..i18n import TEXTS, language
from ..problems import RequestError
from ..security import CONTENT_SECURITY_POLICY
from ..static_files import FOLDER as STATIC

blueprint = Blueprint("device", __name__)
TEMPLATES = Path(__file__).parents[1] / "templates"
RUNTIME = STATIC / "vendor"
VERSIONED_PATH = "/device/"
"""Path of the files whose addresses contain the digest."""
SCRIPTS = (
    "page.js", "reader.js", "line_reader.js", "model.js", "parameters.js", "pixels.js", "binarization.js",
    "components.js", "glyph.js", "text_line.js",
)  # fmt: skip
PAGE_POLICY = CONTENT_SECURITY_POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
"""Content Security Policy of this page alone: it compiles the runtime from bytes, which no other page does."""
MEDIA_TYPES = {
    ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm",
    ".onnx": "application/octet-stream",
}  # fmt: skip
ICONS = {
    "icon-192.png": ("192x192", "any"), "icon-512.png": ("512x512", "any"), "icon-maskable.png": ("512x512", "maskable")
}  # fmt: skip
THEME_COLOUR, BACKGROUND_COLOUR = "#2b3f9e", "#f6f5f1"


def is_available() -> bool:
    """Return whether the runtime for browsers is installed."""
    return all((RUNTIME / name).is_file() for name in ("ort.mjs", "ort.wasm.gz"))


@blueprint.app_context_processor
def template_variables() -> dict[str, bool]:
    """Tell templates whether to link to this page."""
    return {"offline_available": is_available()}


@blueprint.get("/draw")
def page() -> Response:
    """Show the page to draw on. Browsers cache it, so it must not depend on the visitor."""
    _require_runtime()
    reader = shared_reading_service().reader
    response = make_response(
        render_template(
            "offline.html",
            contract=reader.classifier.contract,
            line_contract=reader.line_model.contract,
            doubt=ACCEPTANCE.most_not_a_digit,
            address=_address,
            megabytes=_megabytes(),
        )
    )
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    return response


@blueprint.get(f"{VERSIONED_PATH}<digest>/<name>")
def file(digest: str, name: str) -> Response:
    """Send a script, the runtime or the model, in the version of the digest."""
    _require_runtime()
    files = _files()
    if name not in files or digest != _digest():
        abort(404)
    path = files[name].resolve()
    media_type = MEDIA_TYPES[Path(name).suffix]
    if path.suffix != ".gz":
        return send_file(path, media_type)
    if not request.accept_encodings.quality("gzip"):
        response = make_response(gzip.decompress(path.read_bytes()))
        response.content_type = media_type
    else:
        response = send_file(path, media_type)
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    return response


@blueprint.get("/worker.js")
def worker() -> Response:
    """Send the service worker, with its constants first; its path is the root, so that it serves every page."""
    _require_runtime()
    page_address = url_for(".page", language=language())
    cached = [page_address, url_for(".manifest", language=language()), *(_address(name) for name in _files())]
    cached += [_static(name) for name in ("numink.css", "favicon.svg", *ICONS)]
    constants = {
        "DIGEST": f"{_digest()}-{language()}", "PAGE": page_address, "CACHED": cached,
        "VERSIONED_PATH": request.script_root + VERSIONED_PATH,
    }  # fmt: skip
    head = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in constants.items())
    response = make_response(head + (STATIC / "device" / "worker.js").read_text())
    response.content_type = MEDIA_TYPES[".js"]
    return response


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    """Send the web app manifest."""
    icons = [
        {"src": _static(name), "sizes": sizes, "type": "image/png", "purpose": purpose}
        for name, (sizes, purpose) in ICONS.items()
    ]
    home = url_for("pages.home")
    fields = json.loads(render_template("manifest.json"))
    fields |= {
        "id": home, "start_url": home, "scope": home, "display": "standalone", "icons": icons,
        "background_color": BACKGROUND_COLOUR, "theme_color": THEME_COLOUR,
    }  # fmt: skip
    if is_available():
        fields["shortcuts"] = [{**fields["shortcuts"][0], "url": url_for(".page")}]
    else:
        del fields["shortcuts"]
    response = jsonify(fields)
    response.content_type = "application/manifest+json"
    return response


def _static(name: str) -> str:
    return url_for("static", filename=name)


def _address(name: str) -> str:
    return url_for("device.file", digest=_digest(), name=name)


def _require_runtime() -> None:
    if not is_available():
        raise RequestError(
            "not-offered", "this server does not offer the offline page: run 'make' on a machine with npm to build it"
        )


def _files() -> dict[str, Path]:
    """Cached files, by the name in their address."""
    return {
        **{name: STATIC / "device" / name for name in SCRIPTS},
        "draw.js": STATIC / "draw.js",
        "ort.mjs": RUNTIME / "ort.mjs",
        "ort.wasm": RUNTIME / "ort.wasm.gz",
        "model.onnx": shared_reading_service().reader.classifier.path,
        "lines.onnx": shared_reading_service().reader.line_model.path,
    }


def _megabytes() -> int:
    """Size of the first download."""
    return round(sum(path.stat().st_size for path in _files().values()) / 1e6)


def _digest() -> str:
    page_files = [STATIC / "numink.css", STATIC / "device" / "worker.js"]
    page_files += [TEMPLATES / "base.html", TEMPLATES / "offline.html"]
    page_files += sorted(TEXTS.glob("*.po"))
    return _digest_of(tuple((path, path.stat().st_mtime_ns) for path in (*_files().values(), *page_files)))


@cache
def _digest_of(files: tuple[tuple[Path, int], ...]) -> str:
    """Digest of all cached files; the times of change are part of the cache key only."""
    digest = hashlib.sha256(version("numink").encode())
    for path, _ in files:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
