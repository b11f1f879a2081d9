"""`python -m tests.storage.full_disk FOLDER`: fill the small disk that FOLDER is, and make room while a store waits."""

import asyncio
import sys
import tempfile
from pathlib import Path

from vannilli_app.storage import FINAL_RENDERS, LocalStore, StoreUnavailable
from vannilli_app.storage.patient import PatientStore


async def main(disk: Path) -> None:
    store = LocalStore(disk, base_url="http://localhost", key=b"key")
    with tempfile.NamedTemporaryFile() as file:
        file.write(bytes(200_000))
        file.flush()
        path = Path(file.name)
        await store.upload(FINAL_RENDERS, "old.mp4", path, "video/mp4")
        try:
            await store.upload(FINAL_RENDERS, "new.mp4", path, "video/mp4")
        except StoreUnavailable as error:
            sys.stdout.write(f"{error.message}\n")
        assert await store.head(FINAL_RENDERS, "new.mp4") is None  # not half a file
        waiting = asyncio.create_task(PatientStore(store).upload(FINAL_RENDERS, "new.mp4", path, "video/mp4"))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        await store.delete(FINAL_RENDERS, "old.mp4")
        await waiting
        found = await store.head(FINAL_RENDERS, "new.mp4")
        sys.stdout.write(f"{found.size if found else 0}\n")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
