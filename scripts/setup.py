"""Make .venv and install what a requirements file pins; nothing to do when that file has not changed.

Runs on the machine's own Python before anything is installed, so: only the standard library, and syntax that an old
Python still reads far enough to say that it is too old.
"""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

UV = "uv==0.13.9"
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


def main(requirements):
    """Bring .venv up to `requirements`, a file name in the project's folder."""
    if sys.version_info < (3, 11):  # noqa: UP036  (this file is for the machine's Python, whatever it is)
        sys.exit(
            f"Vannilli needs Python 3.11 or newer, and {sys.executable} is {sys.version.split()[0]}."
            " Name another: make run PYTHON=python3.12"
        )
    wanted = hashlib.sha256(
        b"\0".join([(ROOT / requirements).read_bytes(), UV.encode(), str(ROOT).encode()])
    ).hexdigest()
    stamp = VENV / requirements
    if stamp.exists() and stamp.read_text() == wanted and works(PYTHON):
        return
    began = time.monotonic()
    say(f"Installing {requirements} into .venv")
    if not works(PYTHON):
        make_venv()
    if not works(VENV / "bin" / "uv"):
        run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV)
    # Compiled here once, all modules at a time: where PYTHONDONTWRITEBYTECODE is set, every process would do it.
    run(VENV / "bin" / "uv", "pip", "install", "--quiet", "--compile-bytecode", "--python", PYTHON,
        "--requirement", ROOT / requirements, env=registry_of_pip())  # fmt: skip
    write_command()
    stamp.write_text(wanted)
    say(f"  {'installed':<18} {time.monotonic() - began:5.1f} s")


def write_command():
    """Make `.venv/bin/vannilli`, the command line from any folder."""
    command = VENV / "bin" / "vannilli"
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{PYTHON}" -m vannilli_app.cli "$@"\n')
    command.chmod(0o755)


def works(program):
    """Whether `program` is there and runs: a moved or half-made venv does not."""
    if not program.exists():
        return False
    return subprocess.run([str(program), "--version"], capture_output=True).returncode == 0


def make_venv():
    """Make .venv with pip; where Debian left pip out of Python, root installs it and others are told how to."""
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if subprocess.run(command, capture_output=True).returncode == 0:
        return
    package = f"python3.{sys.version_info.minor}-venv"
    if os.geteuid() == 0 and Path("/usr/bin/apt-get").exists():
        say(f"Installing {package} first: this Python comes without pip")
        run("apt-get", "update", "-qq")
        run("apt-get", "install", "-qq", "--yes", "--no-install-recommends", package)
        run(*command)
    else:
        sys.exit(f"This Python cannot make a venv. On Debian or Ubuntu: sudo apt-get install {package}")


def registry_of_pip():
    """The environment for uv, with the index and certificate that pip is configured to use."""
    found = {}
    listed = subprocess.run(
        [str(PYTHON), "-m", "pip", "config", "list"], capture_output=True, text=True
    ).stdout
    for line in listed.splitlines():
        name, _, value = line.partition("=")
        section, _, option = name.rpartition(".")
        if section in ("global", "install", ":env:"):  # pip lists the stronger later
            found[option] = value.strip("'\"")
    env = dict(os.environ)
    for option, variable in (("index-url", "UV_DEFAULT_INDEX"), ("cert", "SSL_CERT_FILE")):
        if option in found:
            env.setdefault(variable, found[option])
    return env


def run(*command, env=None):
    """Run a command whose failure is ours."""
    code = subprocess.run([str(part) for part in command], env=env).returncode
    if code:
        sys.exit(code)


def say(line):
    """Tell the person."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
