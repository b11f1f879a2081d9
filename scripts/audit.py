"""Known weaknesses of what we depend on: pip-audit for the Python packages, npm audit for the browser's.

`make lint` runs it. It fails on a weakness that is not excepted below; where nobody can be asked for weaknesses (no
network, or an index that has no advisories), it says so and fails nothing.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = ROOT / ".venv" / "bin"
EXCEPTED: dict[str, str] = {}
"""Advisories that do not touch us, by their id, each with its reason."""

Weakness = tuple[str, str]  # the advisory's id, and the package in words


def main() -> int:
    """Print what was found; 1 when something was that is not excepted."""
    found: list[Weakness] = []
    for name, ask in (("pip-audit", python_packages), ("npm audit", browser_packages)):
        weaknesses = ask()
        if weaknesses is None:
            say(f"{name}: could not ask. No advisories can be reached from here; run it where they can.")
            continue
        open_ = [one for one in weaknesses if one[0] not in EXCEPTED]
        say(f"{name}: {len(open_)} known weaknesses, {len(weaknesses) - len(open_)} excepted with a reason.")
        found += open_
    for advisory, package in found:
        say(f"  {package}: {advisory}")
    return 1 if found else 0


def python_packages() -> list[Weakness] | None:
    """What is known of the pinned packages; None when nobody could be asked."""
    told = run(
        "pip-audit", "--requirement=requirements-dev.txt", "--no-deps", "--disable-pip", "--timeout=10"
    )
    packages = told.get("dependencies", [])
    if all("skip_reason" in one for one in packages):
        return None
    return [
        (weakness["id"], f"{one['name']} {one['version']}")
        for one in packages
        for weakness in one.get("vulns", [])
    ]


def browser_packages() -> list[Weakness] | None:
    """What is known of the locked packages; None when nobody could be asked."""
    told = run("npm", "audit", "--package-lock-only", "--prefix=reflex.lock")
    if "vulnerabilities" not in told:
        return None
    return list(_npm(told["vulnerabilities"]))


def _npm(vulnerabilities: dict[str, Any]) -> Iterator[Weakness]:
    for package, found in vulnerabilities.items():
        for cause in found["via"]:
            if isinstance(cause, dict):  # else it names the package that has the weakness
                yield cause["url"].rpartition("/")[2], f"{package} {found['range']}"


def run(program: str, *arguments: str) -> dict[str, Any]:
    """What a program tells in JSON; nothing when it tells none. Its status says only whether there are weaknesses."""
    json_ = "--format=json" if program == "pip-audit" else "--json"
    done = subprocess.run(
        [PROGRAMS / program, *arguments, json_],
        cwd=ROOT,
        env=os.environ | {"PATH": f"{PROGRAMS}{os.pathsep}{os.environ.get('PATH', '')}"},
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        told: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return {}
    return told


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
