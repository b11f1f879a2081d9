"""`make demo`: the whole story without a camera, by the real product.

Makes a picture, a song and a performance, signs a demo artist up, has the video made and saves it. Uses the product
that runs on PORT, or starts one for as long as it takes.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from vannilli_app import child, demo, routes
from vannilli_app.config import ROOT, settings
from vannilli_app.demo import landing

BPM, BARS = 120, 8
START_SECONDS = 180
MAKE_SECONDS = 900
TYPES = {"driver_video": "video/mp4", "target_image": "image/png", "audio": "audio/wav"}


def main() -> int:
    """Make the demo's video; the exit status is 1 when it could not be made."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--landing", action="store_true", help="renew the clips of the first page too")
    wanted = parser.parse_args()
    folder = settings().data_dir / "demo"
    inputs = _made(folder)
    with _product() as http:
        _sign_up(http)
        status, link = _make_video(http, inputs)
        if link is None:
            _say(f"It could not be made: {status['error']['detail']}")
            return 1
        final = folder / "final.mp4"
        final.write_bytes(http.get(link).raise_for_status().content)
    if wanted.landing:
        landing.renew(final, inputs, ROOT / "assets" / "demo")
    _say(f"\nYour video: {final}")
    return 0


def _made(folder: Path) -> demo.Inputs:
    _say(f"Drawing a singer, composing {BARS} bars at {BPM}, filming a performance")
    began = time.monotonic()
    inputs = demo.write(folder, bpm=BPM, bars=BARS, on_progress=_progress)
    _say(f"\r  inputs             {time.monotonic() - began:5.1f} s")
    return inputs


@contextmanager
def _product() -> Iterator[httpx.Client]:
    """A client of the product that runs, or of one that runs for as long as the block."""
    address = f"http://localhost:{settings().port}"
    with httpx.Client(base_url=address, timeout=60) as http:
        if _healthy(http):
            yield http
            return
        running = child.spawn([sys.executable, "-m", "vannilli_app.run"], env=dict(os.environ), cwd=ROOT)
        try:
            _wait(http, running)
            yield http
        finally:
            child.stop(running, first=signal.SIGINT, grace=30)


def _healthy(http: httpx.Client) -> bool:
    try:
        return http.get(routes.API_HEALTH).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def _wait(http: httpx.Client, running: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _healthy(http):
        if running.poll() is not None or time.monotonic() > deadline:
            sys.exit("Vannilli did not start. What it said is above.")
        time.sleep(0.2)


def _sign_up(http: httpx.Client) -> None:
    """A new artist each time: nobody has to remember a password."""
    person = {
        "email": f"demo-{time.time_ns()}@vannilli.test",
        "password": f"the demo's own {time.time_ns()}",
        "birth_date": "1990-01-01",
        "accept_terms": True,
    }
    answer = http.post(routes.API_SIGN_UP, json=person).raise_for_status().json()
    http.headers["authorization"] = f"Bearer {answer['access_token']}"


def _make_video(http: httpx.Client, inputs: demo.Inputs) -> tuple[dict[str, Any], str | None]:
    """Project, uploads, start, watch; returns the last status and, when it worked, the link to the file."""
    project = {"track_name": "Demo", "bpm": BPM, "bars": BARS}
    project_id = http.post(routes.API_PROJECTS, json=project).raise_for_status().json()["id"]
    _upload(http, project_id, inputs)
    start = {"project_id": project_id, "rights_attested": True}
    started = http.post(routes.API_START_GENERATION, json=start).raise_for_status().json()
    status = _watch(http, started["internal_task_id"])
    if status["status"] != "completed":
        return status, None
    download = http.get(routes.API_DOWNLOAD.format(generation_id=started["generation_id"])).raise_for_status()
    return status, download.json()["download_url"]


def _upload(http: httpx.Client, project_id: str, inputs: demo.Inputs) -> None:
    files = {
        "driver_video": inputs.performance.path,
        "target_image": inputs.image,
        "audio": inputs.track.path,
    }
    assets = [
        {"kind": kind, "content_type": TYPES[kind], "size_bytes": path.stat().st_size}
        for kind, path in files.items()
    ]
    wanted = {"project_id": project_id, "assets": assets}
    for link in http.post(routes.API_UPLOAD_ASSETS, json=wanted).raise_for_status().json()["uploads"]:
        content = files[link["kind"]].read_bytes()
        httpx.put(link["url"], content=content, headers=link["headers"], timeout=60).raise_for_status()


def _watch(http: httpx.Client, task_id: str) -> dict[str, Any]:
    began, stage = time.monotonic(), ""
    while time.monotonic() - began < MAKE_SECONDS:
        status: dict[str, Any] = (
            http.get(routes.API_POLL_STATUS.format(task_id=task_id)).raise_for_status().json()
        )
        if status["stage"] != stage:
            stage = status["stage"]
            _say(f"  {stage:<18} {time.monotonic() - began:5.1f} s")
        if status["status"] in ("completed", "failed"):
            return status
        time.sleep(0.5)
    return {"status": "failed", "error": {"detail": f"it took more than {MAKE_SECONDS} s."}}


def _progress(done: int, total: int) -> None:
    if done % 30 == 0 and sys.stdout.isatty():
        sys.stdout.write(f"\r  frame {done} of {total}")
        sys.stdout.flush()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
