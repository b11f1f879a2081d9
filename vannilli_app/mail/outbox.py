"""Mail without a mail server: each message is a file that any mail program opens."""

import asyncio
import os
import re
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path


class Outbox:
    """A folder of `.eml` files, named by the message, so that one sent twice is there once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, message: EmailMessage) -> None:
        await asyncio.to_thread(self._write, message)

    def _write(self, message: EmailMessage) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = re.sub(r"[^\w-]", "", str(message["Message-ID"]).strip("<>").partition("@")[0])
        unfinished = self._folder / f".{name}.{os.getpid()}"
        unfinished.touch(mode=0o600)
        unfinished.write_bytes(message.as_bytes(policy=SMTP))
        unfinished.replace(self._folder / f"{name}.eml")
