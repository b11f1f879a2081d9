"""Time to the first page: of a fresh clone with cold caches, and of the second start.

Everything is downloaded for real, into a temporary folder: the project's tracked files, its `.venv`, and the caches
of pip, uv and npm. That nothing warm is left but the operating system's own cache of files is the point.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import httpx
import psutil

from tests.bench import bare
from tests.bench.figures import Figure
from tests.product import Product, eventually
from vannilli_app.config import ROOT, Settings

COLD_SECONDS = 600  # given up then
SECOND_STARTS = 3
READY = "Vannilli is on"
PYTHON = f"{sys.base_prefix}/bin/python{sys.version_info.major}.{sys.version_info.minor}"


def figures() -> list[Figure]:
    """Seconds from `make run` until the first page is served, in a copy of the project."""
    with tempfile.TemporaryDirectory(prefix="vannilli-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        clone, env = folder / "clone", _cold(folder / "cold")
        _copy(clone)
        cold = _first_page(clone, env)
        seconds, bares = [], []
        for _ in range(SECOND_STARTS):
            seconds.append(_first_page(clone, env))
            bares.append(_bare_start())
        installed = _bare_install(folder / "install", _cold(folder / "cold-too"))
    return [
        Figure(
            "first page of a fresh clone",
            cold,
            installed,
            "s",
            "a venv with the same pins alone, cold",
            "<= 90 s",
        ),
        Figure("second start", median(seconds), median(bares), "s", "bare FastAPI's start", "<= 10 s"),
    ]


def _copy(clone: Path) -> None:
    """The tracked files as they are here now."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, clone / name)


def _cold(caches: Path) -> dict[str, str]:
    """Our environment without this project's settings and venv, with empty caches."""
    ours = {name.upper() for name in Settings.model_fields}
    venv = f"{ROOT / '.venv' / 'bin'}{os.pathsep}"
    kept = {name: value for name, value in os.environ.items() if name not in ours | {"VIRTUAL_ENV"}}
    for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):  # of the make that runs us
        kept.pop(name, None)
    return kept | {
        "PATH": kept["PATH"].replace(venv, ""),
        "PORT": "0",
        "PIP_CACHE_DIR": str(caches / "pip"),
        "UV_CACHE_DIR": str(caches / "uv"),
        "NPM_CONFIG_CACHE": str(caches / "npm"),
    }


def _first_page(clone: Path, env: dict[str, str]) -> float:
    """Seconds from `make run` until `/` is a page; then Ctrl-C."""
    with _make_run(clone, env) as (product, began):
        eventually(lambda: READY in product.said or product.process.poll() is not None, within=COLD_SECONDS)
        if READY not in product.said:
            raise RuntimeError(f"`make run` served no page:\n{product.said[-2000:]}")
        page = product.get("/")
        if page.status_code != httpx.codes.OK or "<html" not in page.text:
            raise RuntimeError(f"the first page is {page.status_code}")
        return time.monotonic() - began


@contextmanager
def _make_run(clone: Path, env: dict[str, str]) -> Iterator[tuple[Product, float]]:
    output = clone.parent / "said"
    began = time.monotonic()
    with output.open("wb") as said:
        process = subprocess.Popen(
            ["make", "run", f"PYTHON={PYTHON}"],
            cwd=clone,
            env=env,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    product = Product(process, clone / "data", output)
    try:
        yield product, began
    finally:
        _end(product)


def _end(product: Product) -> None:
    """Ctrl-C, as a terminal sends it: to make and to what it runs. Whatever is left after a while is killed."""
    if product.process.poll() is not None:
        return
    family = product.children()
    os.killpg(product.process.pid, signal.SIGINT)
    product.process.wait(60)
    for left in psutil.wait_procs(family, timeout=30)[1]:
        left.kill()


def _bare_start() -> float:
    began = time.monotonic()
    with bare.running(["--log-level=warning"]):
        return time.monotonic() - began


def _bare_install(clone: Path, env: dict[str, str]) -> float:
    """Seconds for a venv and the pinned packages alone, in another copy."""
    _copy(clone)
    began = time.monotonic()
    command = [PYTHON, "scripts/setup.py", "requirements.txt"]
    ended = subprocess.run(command, cwd=clone, env=env, capture_output=True, text=True)
    if ended.returncode:
        raise RuntimeError(f"the packages could not be installed: {ended.stderr[-800:]}")
    return time.monotonic() - began
