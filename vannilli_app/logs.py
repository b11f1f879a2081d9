"""Logs: one JSON object a line on stderr, with the request's id, and never a secret."""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""Set by the outermost middleware for the time of a request, by a job for its own."""

TALKATIVE = ("procrastinate", "httpx")
"""They tell of every job and call what it was asked: files, which name people, and links that open them."""

_HIDDEN = "***"
_SECRET_NAMES = re.compile(
    r"password|secret|token|authorization|cookie|api_?key|signature|fingerprint", re.IGNORECASE
)
_SECRET_TEXTS = (
    (re.compile(r"(?i)(bearer )[\w.~+/=-]+"), rf"\1{_HIDDEN}"),
    (re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+"), _HIDDEN),
    (re.compile(r"(://[^:/@\s]+:)[^@/\s]+@"), rf"\1{_HIDDEN}@"),
    (re.compile(r"(?i)([?&;\s](?:x-amz-[\w-]+|sig|signature|token|key)=)[^&;\s\"']+"), rf"\1{_HIDDEN}"),
    (
        re.compile(r"(?i)(\b(?:password|secret|token|api_?key)[\"']?\s*[:=]\s*[\"']?)[^\s,;\"'}&]+"),
        rf"\1{_HIDDEN}",
    ),
    (re.compile(r"\$argon2\S+"), _HIDDEN),
)
_OWN_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}


class JsonLines(logging.Formatter):
    """A record as JSON: time (UTC), level, logger, message, request_id, the `extra` fields, exception."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
        }
        if (request := request_id.get()) is not None:
            line["request_id"] = request
        for name in vars(record).keys() - _OWN_FIELDS:
            hidden = _SECRET_NAMES.search(name)
            line[name] = _HIDDEN if hidden else without_secrets(str(getattr(record, name)))
        if record.exc_info:
            line["exception"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def without_secrets(text: str) -> str:
    """`text` with tokens, passwords, signatures and the passwords in URLs blotted out."""
    for pattern, replacement in _SECRET_TEXTS:
        text = pattern.sub(replacement, text)
    return text


def configure(level: str) -> None:
    """Send every logger of the process through `JsonLines`, from `level` on."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for talkative in TALKATIVE:
        logging.getLogger(talkative).setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level]))
