"""The API fuzzed by its own document, and whether the time of a sign-in tells which addresses have an account."""

import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from uuid import uuid4

import httpx
from scipy.stats import mannwhitneyu

from tests import product
from tests.bench.figures import Figure
from tests.fuzz.run import fuzz
from vannilli_app import routes
from vannilli_app.config import ROOT

REPORT = ROOT / "build" / "fuzz.log"
LEAST_CASES = 20_000
CASES_A_ROUTE = 280
PEOPLE = 80
TRIES = 4  # of one address; from the fifth on they wait
WARM_UP = 20
CHANCE = 0.001
KEY = "a key of the bench, with 32 characters and more"
PASSWORD = "a password of the bench"
AGAINST = "the same between two halves of the known"


def figures() -> Iterator[Figure]:
    """How many cases passed, and by how much the medians differ. Raises RuntimeError where either shows a weakness,
    with what the server logged of it; the fuzzer's whole report stays in `REPORT`."""
    with (
        tempfile.TemporaryDirectory(prefix="vannilli-bench-") as data,
        product.running(Path(data), SECRET_KEY=KEY) as running,
    ):
        yield _sign_in(running.base_url)
        yield _fuzz(running)


def _fuzz(running: product.Product) -> Figure:
    began = time.monotonic()
    # One thread: with more, hypothesis changes the recursion limit under another's parser, which CPython 3.11 ends.
    fuzzed = fuzz(
        running.base_url, running.database_url, KEY, f"--max-examples={CASES_A_ROUTE}", "--workers=1"
    )
    REPORT.write_text(fuzzed.said)
    if not fuzzed.passed or fuzzed.cases < LEAST_CASES:
        summary = fuzzed.said.rpartition("SUMMARY")[2]
        raise RuntimeError("\n".join([f"{fuzzed.cases} cases, see {REPORT}", *running.unexpected, summary]))
    took = time.monotonic() - began
    return Figure(f"fuzzed, 0 failures, in {took:.0f} s", fuzzed.cases, LEAST_CASES, "cases", "the goal")


def _sign_in(base_url: str) -> Figure:
    with httpx.Client(base_url=base_url, timeout=30) as http:
        known = [_person(http) for _ in range(PEOPLE)]
        unknown = [f"{uuid4()}@vannilli.test" for _ in range(PEOPLE)]
        for _ in range(WARM_UP):
            _seconds(http, f"{uuid4()}@vannilli.test")
        order = [(address, address in known) for address in known + unknown for _ in range(TRIES)]
        random.shuffle(order)
        times: dict[bool, list[float]] = {True: [], False: []}
        for address, is_known in order:
            times[is_known].append(_seconds(http, address))
    chance = mannwhitneyu(times[True], times[False]).pvalue
    if chance < CHANCE:
        raise RuntimeError(
            f"known {median(times[True]):.5f} s, unknown {median(times[False]):.5f} s, p {chance}"
        )
    name = f"sign-in, known or unknown email, {len(order)} tries (p = {chance:.2f})"
    alike = _differ(times[True][::2], times[True][1::2])
    return Figure(name, _differ(times[True], times[False]), alike, "ms", AGAINST, f"p > {CHANCE}")


def _person(http: httpx.Client) -> str:
    address = f"{uuid4()}@vannilli.test"
    body = {"email": address, "password": PASSWORD, "birth_date": "1990-01-01", "accept_terms": True}
    http.post(routes.API_SIGN_UP, json=body).raise_for_status()
    http.cookies.clear()
    return address


def _seconds(http: httpx.Client, address: str) -> float:
    """How long a wrong password takes."""
    began = time.perf_counter()
    answer = http.post(routes.API_SIGN_IN, json={"email": address, "password": "not this one"})
    took = time.perf_counter() - began
    assert answer.status_code == 401, answer.text
    return took


def _differ(some: Sequence[float], others: Sequence[float]) -> float:
    return 1000 * abs(median(some) - median(others))
