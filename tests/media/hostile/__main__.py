"""`python -m tests.media.hostile FOLDER`: have the product look at each file there as it looks at an upload.

Prints what it found of each, and the most memory (bytes) that any of the processes held that opened them. A process of
its own, so that nobody else's children are measured.
"""

import asyncio
import json
import resource
import sys
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

from tests.media.hostile import CASES, films, pictures, sounds
from vannilli_app.models import Asset, Project
from vannilli_app.studio import inspection

ONE_BAR_AT_200 = {"bpm": Decimal(200), "bars": Decimal(1), "time_signature": "4/4", "beat_unit": "quarter"}
AT_ONCE = 3


async def look(folder: Path, names: list[str]) -> dict[str, list[tuple[str, str]]]:
    project = Project(
        user_id=uuid4(), track_name="Test", duration_seconds=2, exact_seconds=Decimal("1.2"), **ONE_BAR_AT_200
    )
    free = asyncio.Semaphore(AT_ONCE)

    async def one(name: str) -> tuple[str, list[tuple[str, str]]]:
        case = CASES[name]
        asset = Asset(
            project_id=project.id,
            user_id=project.user_id,
            kind=case.kind,
            path=name,
            content_type="",
            size_bytes=1,
        )
        async with free:
            await inspection.decode(asset, folder / name)
        findings = inspection.judge(asset, project)
        return name, [(one.code, one.detail) for one in findings if one.severity == "error"]

    return dict(await asyncio.gather(*(one(name) for name in names)))


if __name__ == "__main__":
    assert films
    assert pictures
    assert sounds
    folder = Path(sys.argv[1])
    found = asyncio.run(look(folder, sorted(path.name for path in folder.iterdir())))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    sys.stdout.write(json.dumps({"found": found, "peak": peak * (1 if sys.platform == "darwin" else 1024)}))
