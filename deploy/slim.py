"""Shrink the Python environment of the image: remove files that serving never loads, compile the modules it loads.

    python slim.py           in the environment that the Dockerfile has filled; needs strip (binutils)
    python slim.py warm      import the modules of a server, so that Python writes the byte code of its own library

At the end a page is served and a picture is read, so a harmful removal fails the build. Byte code is compiled without
a check of the source's time stamp: it stays valid in a copy of the tree, and a start is faster.
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
    "onnxruntime/capi/libonnxruntime.so.*",  # a second copy of the library, for programs in C
    "onnxruntime/transformers", "onnxruntime/quantization", "onnxruntime/tools", "onnxruntime/datasets",
    "numpy/f2py", "numpy/distutils", "numpy/_core/_simd.*.so", "numpy/_core/*_tests.*.so",
    "stdnum/oui.dat",  # makers of network cards, for MAC addresses
    "pygments", "google",  # syntax highlighting; protobuf, needed by model converters only
    "**/tests", "**/*.a", "**/*.h", "**/*.pyi", "**/*.pxd",
)  # fmt: skip
MIN_SAVED = 300_000
"""Bytes that stripping must save for a library to be replaced."""
LOAD = "import ctypes, sys; ctypes.CDLL(sys.argv[1])"
NOT_SERVING = {"training", "evaluation", "datasets"}
"""Packages of numink that a server never imports."""
SERVING = ("numink.cli.serve", "numink.cli.read", "gunicorn.arbiter", "gunicorn.workers.gthread")


def remove() -> int:
    """Delete the files of NEVER_LOADED; return the bytes removed."""
    removed = 0
    for pattern in NEVER_LOADED:
        for path in list(PACKAGES.glob(pattern)):
            files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
            removed += sum(file.stat().st_size for file in files)
            path.unlink() if path.is_file() else shutil.rmtree(path)
    return removed


def remove_languages() -> int:
    """Delete Babel's locale data of languages without a translation; return the bytes removed."""
    from numink.web.i18n import languages

    removed = 0
    for path in PACKAGES.glob("babel/locale-data/*.dat"):
        if path.stem.partition("_")[0] not in ("root", *languages()):
            removed += path.stat().st_size
            path.unlink()
    return removed


def strip_libraries() -> int:
    """Strip debug symbols from libraries; return the bytes saved.

    Wheels rearrange some libraries, which no longer load once they are stripped: those stay as they are.
    """
    total = 0
    for library in PACKAGES.glob("**/*.so*"):
        small = library.with_name(f"{library.name}.small")
        subprocess.run(["strip", "--strip-unneeded", "-o", small, library], check=True)
        saved = library.stat().st_size - small.stat().st_size
        if saved >= MIN_SAVED and _loads(small):
            small.replace(library)
            total += saved
        else:
            small.unlink()
    return total


def _loads(library: Path) -> bool:
    done = subprocess.run([sys.executable, "-c", LOAD, library], capture_output=True, check=False)
    return done.returncode == 0


def serve_one() -> None:
    """Import the modules of a server, read a picture with it, and get its pages in every language."""
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
    """Compile numink's modules and all other modules loaded by now; return their number."""
    loaded = {Path(module.__file__) for module in list(sys.modules.values()) if getattr(module, "__file__", None)}
    own = {path for path in PACKAGES.glob("numink/**/*.py") if not NOT_SERVING.intersection(path.parts)}
    modules = sorted(path for path in loaded | own if path.suffix == ".py" and PACKAGES in path.parents)
    for path in modules:
        compileall.compile_file(path, quiet=1, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    return len(modules)


def main() -> None:
    if sys.argv[1:] == ["warm"]:
        serve_one()
        return
    sys.dont_write_bytecode = True
    removed = remove() + remove_languages() + strip_libraries()
    serve_one()
    print(f"{removed / 1e6:.0f} MB removed, {compile_loaded()} modules compiled")


if __name__ == "__main__":
    main()
