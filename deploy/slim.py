"""Makes the environment of the image small: away with what serving never loads, compiled what it does.

    python slim.py           in the environment that the Dockerfile has filled; needs strip (binutils)
    python slim.py warm      loads what a server loads: Python leaves its own byte code

Afterwards a picture is read as the first thing that a server does, so a removal that hurts fails the build. Modules
are compiled so that their time does not count: a copy of the tree keeps them good, and a start need not look.
"""

from __future__ import annotations

import compileall
import contextlib
import importlib
import py_compile
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from itertools import product
from pathlib import Path

PACKAGES = Path(sysconfig.get_path("purelib"))
NEVER_LOADED = (
    "onnxruntime/capi/libonnxruntime.so.*",  # the whole of it once more, for programs in C
    "onnxruntime/transformers", "onnxruntime/quantization", "onnxruntime/tools", "onnxruntime/datasets",
    "numpy/f2py", "numpy/distutils", "numpy/_core/_simd.*.so", "numpy/_core/*_tests.*.so",
    "pygments", "google",  # colours of source code; what converters of models speak
    "**/tests", "**/*.a", "**/*.h", "**/*.pyi", "**/*.pxd",
)  # fmt: skip
WORTH = 300_000
"""Bytes that a library must lose for it to be stripped."""
LOAD = "import ctypes, sys; ctypes.CDLL(sys.argv[1])"
SERVING = ("numink.cli.serve", "numink.cli.read", "gunicorn.arbiter", "gunicorn.workers.gthread")


def remove() -> int:
    """Bytes that are gone."""
    gone = 0
    for pattern in NEVER_LOADED:
        for path in list(PACKAGES.glob(pattern)):
            files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
            gone += sum(file.stat().st_size for file in files)
            path.unlink() if path.is_file() else shutil.rmtree(path)
    return gone


def remove_languages() -> int:
    """Bytes that are gone: how days and numbers are written in languages that no page speaks."""
    from numink.web.i18n import languages

    gone = 0
    for path in PACKAGES.glob("babel/locale-data/*.dat"):
        if path.stem.partition("_")[0] not in ("root", *languages()):
            gone += path.stat().st_size
            path.unlink()
    return gone


def strip() -> int:
    """Bytes of names for debuggers that libraries have lost. Wheels move parts of some about, which then no longer load
    when they are stripped: those stay as they are."""
    lost = 0
    for library in PACKAGES.glob("**/*.so*"):
        small = library.with_name(f"{library.name}.small")
        subprocess.run(["strip", "--strip-unneeded", "-o", small, library], check=True)
        saved = library.stat().st_size - small.stat().st_size
        if saved >= WORTH and _loads(small):
            small.replace(library)
            lost += saved
        else:
            small.unlink()
    return lost


def _loads(library: Path) -> bool:
    tried = subprocess.run([sys.executable, "-c", LOAD, library], capture_output=True, check=False)
    return tried.returncode == 0


def serve_one() -> None:
    """Loads what a server loads, and has it read a picture and show a page."""
    from numink.settings import Settings
    from numink.web import create_app
    from numink.web.i18n import languages

    for name in SERVING:
        importlib.import_module(name)
    with contextlib.suppress(ImportError):  # an extra
        importlib.import_module("numink.store.couchdb.store")
    with tempfile.TemporaryDirectory() as folder:
        client = create_app(Settings(store=f"sqlite:///{folder}/history.db")).test_client()
        for language, page in product(languages(), ("/readyz", "/", "/history", "/use")):
            status = client.get(page, headers={"Accept-Language": language}).status_code
            assert status == 200, f"{page} answers {status} in the image"


def compile_loaded() -> int:
    """How many modules were compiled: all of numink, and of the rest what is loaded by now."""
    loaded = {Path(module.__file__) for module in list(sys.modules.values()) if getattr(module, "__file__", None)}
    ours = {path for path in PACKAGES.glob("numink/**/*.py") if "training" not in path.parts}
    wanted = sorted(path for path in loaded | ours if path.suffix == ".py" and PACKAGES in path.parents)
    for path in wanted:
        compileall.compile_file(path, quiet=1, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    return len(wanted)


def main() -> None:
    if sys.argv[1:] == ["warm"]:
        serve_one()
        return
    sys.dont_write_bytecode = True
    gone = remove() + remove_languages() + strip()
    serve_one()
    print(f"{gone / 1e6:.0f} MB are gone, {compile_loaded()} modules are compiled")


if __name__ == "__main__":
    main()
