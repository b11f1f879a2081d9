"""The built pages: which build belongs to the sources as they are, and making it.

Reflex works in `.web`; what it makes moves to `build/pages/KEY`, where KEY stands for all that goes into a build.
A running server keeps the build it started with.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from vannilli_app import child
from vannilli_app.config import ROOT
from vannilli_app.errors import VannilliError

WORK = ROOT / ".web"
BUILDS = ROOT / "build" / "pages"
CURRENT = BUILDS / "current"
_LOG = BUILDS / "build.log"
_KEPT = 3
_INPUTS = ("rxconfig.py", "requirements.txt", "reflex.lock/*", "assets/**/*", "vannilli_app/**/*")
_SOURCES = frozenset({".py", ".jsx", ".js", ".css", ".po"})
_QUIET_NPM = {
    "NPM_CONFIG_AUDIT": "false",
    "NPM_CONFIG_FUND": "false",
    "NPM_CONFIG_UPDATE_NOTIFIER": "false",
    "NPM_CONFIG_OMIT_LOCKFILE_REGISTRY_RESOLVED": "true",  # reflex.lock names no registry
}


def key(root: Path = ROOT) -> str:
    """Twelve hexadecimal digits that change with every input of a build of the project in `root`."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in _INPUTS for path in root.glob(pattern) if path.is_file()):
        name = path.relative_to(root)
        if _goes_in(name):
            digest.update(f"{name}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _goes_in(name: Path) -> bool:
    if name.is_relative_to("assets/external"):  # Reflex puts links there
        return False
    return name.suffix in _SOURCES or not name.is_relative_to("vannilli_app")


def current(link: Path = CURRENT) -> Path:
    """Reflex's web folder of the newest build. Raises VannilliError when there is none."""
    if not link.exists():
        raise VannilliError("The pages are not built yet. Run `make run`.", code="pages_not_built")
    return link.resolve()


def ensure() -> bool:
    """Build the pages unless the build of these sources is there; True when it had to.

    Raises VannilliError with the end of the log when the build fails.
    """
    if CURRENT.resolve() == BUILDS / key():
        return False  # before anything is written: an image is read-only
    BUILDS.mkdir(parents=True, exist_ok=True)
    with (BUILDS / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = BUILDS / key()
        there = wanted.exists()
        if not there:
            _build()
            _keep(wanted)
        _point_to(wanted)
    return not there


def _build() -> None:
    """Run Reflex's export in a process of its own: it keeps much in memory and talks a lot."""
    with _LOG.open("wb") as log:
        process = child.spawn(
            [sys.executable, "-m", "vannilli_app.frontend"], output=log, env=_environment(), cwd=ROOT
        )
        try:
            failed = process.wait()
        finally:
            child.stop(process, grace=2)
    if failed:
        end = _LOG.read_text(errors="replace")[-2000:]
        raise VannilliError(f"The pages could not be built. The end of {_LOG}:\n{end}", code="build_failed")


def _environment() -> dict[str, str]:
    """Ours, with the wheel's Node in front, and the person's npm registry, which Reflex would replace."""
    programs = Path(sysconfig.get_path("scripts"))
    if not (programs / "npm").exists():
        raise VannilliError("Node is missing. Run `make run`, which installs it.", code="build_failed")
    env = {**os.environ, **_QUIET_NPM, "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}"}
    registry = subprocess.run(
        [programs / "npm", "config", "get", "registry"], env=env, capture_output=True, text=True, check=True
    )
    return env | {
        "NPM_CONFIG_REGISTRY": registry.stdout.strip(),
        "REFLEX_USE_NPM": "1",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_DIR": str(WORK / "reflex"),
    }


def _keep(place: Path) -> None:
    """Move the fresh build to its place, and drop builds that nobody can still be using."""
    fresh = BUILDS / "new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    (WORK / "build").rename(fresh / "build")
    shutil.copytree(WORK / "backend", fresh / "backend")
    fresh.rename(place)
    builds = (path for path in BUILDS.iterdir() if path.is_dir() and not path.is_symlink())
    for old in sorted(builds, key=lambda path: path.stat().st_mtime, reverse=True)[_KEPT:]:
        shutil.rmtree(old)


def _point_to(build: Path) -> None:
    link = BUILDS / "current.new"
    link.unlink(missing_ok=True)
    link.symlink_to(build.name)
    link.replace(CURRENT)


def _export() -> None:
    """What `reflex export --frontend-only --no-zip` does, without touching files outside `.web`."""
    from reflex.utils import export, prerequisites
    from reflex_base import constants
    from reflex_base.environment import environment

    environment.REFLEX_COMPILE_CONTEXT.set(constants.CompileContext.EXPORT)
    if prerequisites.needs_reinit():
        prerequisites.initialize_reflex_user_directory()  # type: ignore[no-untyped-call]
        prerequisites.initialize_frontend_dependencies()  # type: ignore[no-untyped-call]
    export.export(zipping=False, backend=False)


if __name__ == "__main__":
    _export()
