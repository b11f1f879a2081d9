"""`python -m vannilli_app.media.marks_child FILE < ANCHORS`: print as JSON what a stranger's file says of its making.

A program of its own within limits, like `probe_child`. ANCHORS is PEM: the certificates that are taken for our own.
Nothing is fetched: no manifest from elsewhere, no list of withdrawn certificates.
"""

import json
import sys
from pathlib import Path
from typing import Any

import c2pa

from vannilli_app.media import xmp

_STARTS = {
    "image/jpeg": (0, b"\xff\xd8\xff"),
    "image/gif": (0, b"GIF8"),
    "image/png": (0, b"\x89PNG\r\n\x1a\n"),
    "image/webp": (8, b"WEBP"),
    "video/mp4": (4, b"ftyp"),
}
_CREATING = ("c2pa.created", "c2pa.placed", "c2pa.edited", "c2pa.converted")
_OFFLINE = {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True}


def main(path: Path, anchors: str) -> dict[str, Any]:
    with path.open("rb") as file:
        start = file.read(16)
    kinds = [kind for kind, (at, mark) in _STARTS.items() if start[at:].startswith(mark)]
    if not kinds:
        return {"error": "not_media"}
    return {"kind": kinds[0], "says": xmp.read(path), "signed": _signed(path, kinds[0], anchors)}


def _signed(path: Path, kind: str, anchors: str) -> dict[str, Any] | None:
    """The content credentials, None where there are none."""
    settings: dict[str, Any] = {"verify": _OFFLINE}
    if anchors:
        settings["trust"] = {"trust_anchors": anchors}
    try:
        with path.open("rb") as file, c2pa.Context.from_dict(settings) as context:
            reader = c2pa.Reader.try_create(kind, file, context=context)
            if reader is None:
                return None
            with reader:
                return _told(reader)
    except c2pa.C2paError as error:
        return {"state": "Unreadable", "failures": [type(error).__name__]}


def _told(reader: c2pa.Reader) -> dict[str, Any]:
    manifest = reader.get_active_manifest() or {}
    results = (reader.get_validation_results() or {}).get("activeManifest") or {}
    signature = manifest.get("signature_info") or {}
    actions = [
        action
        for assertion in manifest.get("assertions", ())
        if assertion["label"].startswith("c2pa.actions")
        for action in assertion["data"].get("actions", ())
        if action.get("action") in _CREATING
    ]
    return {
        "state": reader.get_validation_state(),
        "failures": [failure["code"] for failure in results.get("failure", ())],
        "issuer": signature.get("issuer"),
        "name": signature.get("common_name"),
        "stamped_at": signature.get("time"),
        "says": _first(
            action.get("digitalSourceType", "").removeprefix(xmp.VOCABULARY) for action in actions
        ),
        "made_by": _first(_agent(action.get("softwareAgent")) for action in actions),
        "made_at": _first(action.get("when") for action in actions),
    }


def _agent(agent: Any) -> str | None:
    return agent.get("name") if isinstance(agent, dict) else agent


def _first(values: Any) -> str | None:
    """Strangers write whatever they like: a short text or nothing."""
    return next((value[:100] for value in values if isinstance(value, str) and value), None)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), sys.stdin.read())))
