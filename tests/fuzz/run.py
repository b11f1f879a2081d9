"""schemathesis over the OpenAPI document of a running server: every check, every phase."""

import os
import re
import subprocess
import sysconfig
from pathlib import Path
from typing import NamedTuple

from vannilli_app import routes
from vannilli_app.config import ROOT

CONFIG = Path(__file__).with_name("schemathesis.toml")
_CASES = re.compile(r"Test cases:\s+([\d,]+) generated")


class Fuzzed(NamedTuple):
    """`passed` unless a check failed; `said` says which, with the request that shows it."""

    passed: bool
    cases: int
    said: str


def fuzz(base_url: str, database_url: str, secret_key: str, *options: str) -> Fuzzed:
    """Fuzz the server at `base_url`, which has this database and key. `options` are schemathesis' own."""
    done = subprocess.run(
        [
            Path(sysconfig.get_path("scripts")) / "schemathesis",
            f"--config-file={CONFIG}",
            "run",
            base_url + routes.API_OPENAPI,
            "--no-color",
            "--continue-on-failure",
            *options,
        ],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "SCHEMATHESIS_HOOKS": "tests.fuzz.hooks",
            "DATABASE_URL": database_url,
            "SECRET_KEY": secret_key,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    found = _CASES.search(said)
    return Fuzzed(done.returncode == 0, int(found[1].replace(",", "")) if found else 0, said)
