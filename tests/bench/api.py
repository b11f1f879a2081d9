"""Latency of `/api/calculate-duration` in the running product, beside the same route on bare FastAPI."""

import tempfile
from pathlib import Path

from tests import product
from tests.bench import bare
from tests.bench.figures import Figure, typical
from tests.bench.load import latencies
from vannilli_app.routes import API_CALCULATE_DURATION

BODY = '{"bpm": 140, "bars": 8}'
RATE = 200  # requests a second
LOAD = 400  # requests a round, so 2 s
ALONE = 300
WARM_UP = 200
ROUNDS = 5
AGAINST = "same route on bare FastAPI, same uvicorn"
Samples = list[list[float]]


def figures() -> list[Figure]:
    """p50 and p99 at a fixed rate and one by one; rounds of both servers take turns."""
    with (
        tempfile.TemporaryDirectory(prefix="vannilli-bench-") as data,
        product.running(Path(data)) as ours,
        bare.running(bare.options_of(ours)) as bare_port,
    ):
        ports = (ours.port, bare_port)
        for port in ports:
            _send(port, rate=0, count=WARM_UP)
        loaded: tuple[Samples, Samples] = ([], [])
        alone: tuple[Samples, Samples] = ([], [])
        for _ in range(ROUNDS):
            for port, at_rate, one_by_one in zip(ports, loaded, alone, strict=True):
                at_rate.append(_send(port, rate=RATE, count=LOAD))
                one_by_one.append(_send(port, rate=0, count=ALONE))
    return [
        _figure(f"calculate-duration, {RATE} req/s, p50", loaded, 50, "<= 1.5 x bare"),
        _figure("  p99", loaded, 99, "< 100 ms"),
        _figure("  one by one, p50", alone, 50),
        _figure("  one by one, p99", alone, 99),
    ]


def _send(port: int, *, rate: float, count: int) -> list[float]:
    return latencies(port, API_CALCULATE_DURATION, BODY, rate=rate, count=count)


def _figure(name: str, samples: tuple[Samples, Samples], percent: int, goal: str = "") -> Figure:
    ours, baseline = (1000 * typical(rounds, percent) for rounds in samples)
    return Figure(name, ours, baseline, "ms", AGAINST, goal)
