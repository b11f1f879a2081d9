import asyncio
import sys
from pathlib import Path

import psutil
import pytest

from tests.media import makers
from vannilli_app.media import ffmpeg

ENDLESS = ["-re", "-f", "lavfi", "-i", "testsrc2", "-f", "null", "-"]


async def test_progress_rises_to_one(tmp_path: Path) -> None:
    makers.film(tmp_path / "a.mp4", frames=300, size=(640, 480))
    heard: list[float] = []
    await ffmpeg.run(
        [*ffmpeg.source(tmp_path / "a.mp4"), "-c:v", "libx264", ffmpeg.target(tmp_path / "b.mp4")],
        frames=300,
        on_progress=heard.append,
    )
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    assert len(heard) > 1


async def test_a_failure_says_why() -> None:
    with pytest.raises(ffmpeg.MediaFailed, match="Try again") as failure:
        await ffmpeg.run(["-f", "lavfi", "-i", "testsrc2=nonsense=1", "-f", "null", "-"])
    assert "nonsense" in str(failure.value.__cause__)
    assert not isinstance(failure.value, ffmpeg.DiskFull)


if sys.platform == "linux":  # elsewhere there is no device that is always full

    async def test_it_works_within_bounds() -> None:
        task = asyncio.create_task(ffmpeg.run(ENDLESS, cpu_seconds=1))
        await asyncio.sleep(0.5)
        child = max(psutil.Process().children(), key=psutil.Process.create_time)
        assert child.rlimit(psutil.RLIMIT_DATA)[1] == ffmpeg.MEMORY_BYTES
        assert child.rlimit(psutil.RLIMIT_CPU)[0] == 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def test_a_full_disk_says_so() -> None:
        with pytest.raises(ffmpeg.DiskFull, match="no room left"):
            await ffmpeg.run(["-f", "lavfi", "-i", "sine=d=1", "-f", "wav", "file:/dev/full"])


async def test_cancelling_kills_it() -> None:
    before = {one.pid for one in psutil.Process().children(recursive=True)}
    task = asyncio.create_task(ffmpeg.run(ENDLESS))
    await asyncio.sleep(0.5)
    ours = {one.pid for one in psutil.Process().children(recursive=True)} - before
    assert ours
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not any(psutil.pid_exists(pid) for pid in ours)


@pytest.mark.parametrize(
    "content",
    [
        "ffconcat version 1.0\nfile {0}\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{0}\n#EXT-X-ENDLIST\n",
    ],
    ids=["a list of files", "a playlist"],
)
async def test_a_source_reads_no_other_file(tmp_path: Path, content: str) -> None:
    secret = makers.film(tmp_path / "secret.ts", frames=30)
    (tmp_path / "a.mp4").write_text(content.format(secret.name))
    with pytest.raises(ffmpeg.MediaFailed):
        await ffmpeg.run([*ffmpeg.source(tmp_path / "a.mp4"), "-f", "null", "-"])


async def test_names_are_only_names(tmp_path: Path) -> None:
    odd = tmp_path / "-i http:a%03d|b'c.mp4"
    makers.film(tmp_path / "a.mp4", frames=10).rename(odd)
    out = tmp_path / "concat:x|y %d.mp4"
    await ffmpeg.run([*ffmpeg.source(odd), "-c", "copy", ffmpeg.target(out)])
    assert len(makers.pictures(out)) == 10
