"""What Lighthouse says of the public pages on a phone, against the production build as the product serves it.

The page's own first visit: no cache, no service worker. Performance is the median of some runs, since a busy machine
disturbs it; the other categories do not depend on time.
"""

import json
import os
import subprocess
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from tests import browser, npm, product
from tests.bench.figures import Figure
from vannilli_app import routes

PAGES = (routes.HOME, routes.CALCULATOR, routes.PRICING, routes.SHOWCASE)
RUNS = 3
TRIES = 3
NO_TRACE = "NO_NAVSTART"  # Chromium recorded no trace on a busy machine: "Please run Lighthouse again"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
_FLAGS = "--headless=new --disable-quic --disable-background-networking"


def figures() -> list[Figure]:
    """Four scores, layout shift and transferred script of each page."""
    with (
        tempfile.TemporaryDirectory(prefix="vannilli-pages-") as name,
        product.running(Path(name)) as running,
    ):
        return [figure for path in PAGES for figure in _figures(running.base_url, path)]


def _figures(base_url: str, path: str) -> list[Figure]:
    reports = [_report(f"{base_url}{path}") for _ in range(RUNS)]
    found = []
    for category in CATEGORIES:
        score = median(100 * report["categories"][category]["score"] for report in reports)
        goal = ">= 95" if category == "performance" else "100"
        found.append(Figure(f"Lighthouse {path} {category}", score, 0, "", "", goal))
    shift = median(report["audits"]["cumulative-layout-shift"]["numericValue"] for report in reports)
    script = median(_script_bytes(report) for report in reports) / 1024
    return [
        *found,
        Figure(f"Lighthouse {path} layout shift", shift, 0, "", "", "<= 0.02"),
        Figure(f"Lighthouse {path} script transferred", script, 0, "KiB", "", "<= 200"),
    ]


def _report(url: str) -> dict[str, Any]:
    root = " --no-sandbox" if os.geteuid() == 0 else ""
    command = [
        npm.tool("bench", "lighthouse"),
        url,
        "--quiet",
        "--output=json",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags={_FLAGS}{root}",
    ]
    env = npm.environment() | {"CHROME_PATH": str(browser.program())}
    for _ in range(TRIES):
        ran = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300)
        if ran.returncode == 0:
            report: dict[str, Any] = json.loads(ran.stdout)
            return report
        if NO_TRACE not in ran.stderr:
            break
    raise RuntimeError(ran.stderr[-2000:])


def _script_bytes(report: dict[str, Any]) -> int:
    requests = report["audits"]["network-requests"]["details"]["items"]
    return sum(one["transferSize"] for one in requests if one.get("resourceType") == "Script")
