"""Packages of npm that check the project: each has a folder here with its lock file, and is installed into `build`.

`python -m tests.npm` lints the browser's JavaScript.
"""

import hashlib
import os
import subprocess
import sysconfig
from pathlib import Path

from vannilli_app.config import ROOT

HERE = Path(__file__).parent
SCRIPTS = Path(sysconfig.get_path("scripts"))
SOURCES = (
    "vannilli_app/ui/browser",
    "vannilli_app/ui/early.js",
    "assets/sw.js",
    "assets/embed.js",
    "tests/ui",
)


def tool(folder: str, name: str) -> Path:
    """The program `name` of the folder `folder`, installed first where it is not."""
    return packages(folder) / ".bin" / name


def packages(folder: str) -> Path:
    """Where the packages of the folder `folder` are, installed first where they are not."""
    source = HERE / folder
    lock = (source / "package-lock.json").read_bytes()
    place = ROOT / "build" / "npm" / f"{folder}-{hashlib.sha256(lock).hexdigest()[:12]}"
    found = place / "node_modules"
    if not (found / ".package-lock.json").exists():  # what npm writes last
        place.mkdir(parents=True, exist_ok=True)
        for file in ("package.json", "package-lock.json"):
            (place / file).write_bytes((source / file).read_bytes())
        npm = [SCRIPTS / "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(npm, cwd=place, env=environment(), check=True)
    return found


def environment() -> dict[str, str]:
    """Ours, with the wheel's Node in front."""
    return {**os.environ, "PATH": f"{SCRIPTS}{os.pathsep}{os.environ.get('PATH', '')}"}


def lint() -> int:
    """Biome over our own JavaScript; its exit status."""
    command = [tool("lint", "biome"), "lint", "--config-path", HERE / "lint", *SOURCES]
    return subprocess.run(command, cwd=ROOT, env=environment()).returncode
