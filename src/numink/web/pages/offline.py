"""Drawn digits read on the visitor's own device, with or without a connection: the page, its files, the web app.

The page's scripts take the same steps as `Reader.read(..., single=True)` and run the same model file, with ONNX
Runtime's build for browsers, which the Makefile puts among the static files. Where that is missing, nothing of this is
offered. All that is kept on a device has one digest, which is part of its addresses: an older page never gets a newer
script, and a browser that kept them learns from the service worker's own text that there are others. A device keeps
the page in one language: that of the page which it was on when it last looked for a newer version.
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
from ..static_files import IMMUTABLE_MAX_AGE

blueprint = Blueprint("device", __name__)
TEMPLATES = Path(__file__).parents[1] / "templates"
RUNTIME = STATIC / "vendor"
FIXED = "/device/"
"""Where the files are whose addresses have the digest."""
SCRIPTS = ("page.js", "reader.js", "pixels.js", "ink.js", "pieces.js", "glyph.js")
PAGE_POLICY = CONTENT_SECURITY_POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
"""Of this page alone: the runtime is compiled from bytes, which no other page has need of."""
KINDS = {
    ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm",
    ".onnx": "application/octet-stream",
}  # fmt: skip
ICONS = {
    "icon-192.png": ("192x192", "any"), "icon-512.png": ("512x512", "any"), "icon-maskable.png": ("512x512", "maskable")
}  # fmt: skip
INK, PAPER = "#2b3f9e", "#f6f5f1"


def offered() -> bool:
    """Whether the runtime for browsers is there."""
    return all((RUNTIME / name).is_file() for name in ("ort.mjs", "ort.wasm.gz"))


@blueprint.app_context_processor
def tell_templates() -> dict[str, bool]:
    """So that no page leads to what is not offered."""
    return {"device_reads": offered()}


@blueprint.get("/draw")
def page() -> Response:
    """The sheet to draw on. Says nothing of who asks, since it is kept on devices."""
    _must_be_offered()
    contract = shared_reading_service().reader.classifier.contract
    response = make_response(
        render_template(
            "draw.html", contract=contract, doubt=ACCEPTANCE.most_not_a_digit, address=_address, megabytes=_megabytes()
        )
    )
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    return response


@blueprint.get(f"{FIXED}<digest>/<name>")
def file(digest: str, name: str) -> Response:
    """A script, the runtime or the model, of the version that the digest names."""
    _must_be_offered()
    found = _files()
    if name not in found or digest != _digest():
        abort(404)
    path = found[name].resolve()
    kind = KINDS[Path(name).suffix]
    if path.suffix != ".gz":
        return send_file(path, kind, max_age=IMMUTABLE_MAX_AGE)
    if not request.accept_encodings.quality("gzip"):
        response = make_response(gzip.decompress(path.read_bytes()))
        response.content_type = kind
    else:
        response = send_file(path, kind, max_age=IMMUTABLE_MAX_AGE)
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    return response


@blueprint.get("/worker.js")
def worker() -> Response:
    """The service worker: what it keeps, then what it does. At the root, so that it stands before every page."""
    _must_be_offered()
    shown = url_for(".page", language=language())
    kept = [shown, url_for(".manifest", language=language()), *(_address(name) for name in _files())]
    kept += [_static(name) for name in ("numink.css", "favicon.svg", *ICONS)]
    lines = {"DIGEST": f"{_digest()}-{language()}", "PAGE": shown, "KEPT": kept, "FIXED": FIXED}
    head = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in lines.items())
    response = make_response(head + (STATIC / "device" / "worker.js").read_text())
    response.content_type = KINDS[".js"]
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    """What a device shows of numink where it is installed."""
    icons = [
        {"src": _static(name), "sizes": sizes, "type": "image/png", "purpose": purpose}
        for name, (sizes, purpose) in ICONS.items()
    ]
    told = json.loads(render_template("manifest.json"))
    told |= {
        "id": "/", "start_url": url_for("pages.home"), "scope": "/", "display": "standalone", "icons": icons,
        "background_color": PAPER, "theme_color": INK,
    }  # fmt: skip
    if offered():
        told["shortcuts"] = [{**told["shortcuts"][0], "url": url_for(".page")}]
    else:
        del told["shortcuts"]
    response = jsonify(told)
    response.content_type = "application/manifest+json"
    response.headers["Cache-Control"] = "no-cache"
    return response


def _static(name: str) -> str:
    return url_for("static", filename=name)


def _address(name: str) -> str:
    return url_for("device.file", digest=_digest(), name=name)


def _must_be_offered() -> None:
    if not offered():
        raise RequestError("not-offered", "this server has no reader for browsers: run 'make' where npm is at hand")


def _files() -> dict[str, Path]:
    """By the name in their address."""
    return {
        **{name: STATIC / "device" / name for name in SCRIPTS},
        "draw.js": STATIC / "draw.js",
        "ort.mjs": RUNTIME / "ort.mjs",
        "ort.wasm": RUNTIME / "ort.wasm.gz",
        "model.onnx": shared_reading_service().reader.classifier.path,
    }


def _megabytes() -> int:
    """What is sent to a device that comes for the first time."""
    return round(sum(path.stat().st_size for path in _files().values()) / 1e6)


def _digest() -> str:
    shown = [STATIC / "numink.css", STATIC / "device" / "worker.js", TEMPLATES / "base.html", TEMPLATES / "draw.html"]
    shown += sorted(TEXTS.glob("*.po"))
    return _digest_of(tuple((path, path.stat().st_mtime_ns) for path in (*_files().values(), *shown)))


@cache
def _digest_of(files: tuple[tuple[Path, int], ...]) -> str:
    """Of all that is kept on a device."""
    found = hashlib.sha256(version("numink").encode())
    for path, _ in files:
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:16]
