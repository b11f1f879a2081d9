"""Is a callback from fal? An Ed25519 signature over who, when and what, with keys that fal publishes as a JWKS."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from vannilli_app.errors import Forbidden
from vannilli_app.words import _

TOLERANCE_SECONDS = 300
_HEADERS = tuple(f"x-fal-webhook-{name}" for name in ("request-id", "user-id", "timestamp", "signature"))


def read_keys(jwks: Mapping[str, Any]) -> list[Ed25519PublicKey]:
    """The Ed25519 keys of a JWKS (RFC 8037); what else it holds is passed over."""
    listed = jwks.get("keys")
    found = [_read_key(key) for key in listed if isinstance(key, dict)] if isinstance(listed, list) else []
    return [key for key in found if key is not None]


def verify(keys: Sequence[Ed25519PublicKey], headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Raises Forbidden (`bad_signature`) unless one of `keys` signed this callback in the last five minutes."""
    try:
        request_id, user_id, timestamp, signature = (headers[name] for name in _HEADERS)
        age = int(now.timestamp()) - int(timestamp)
        signed = bytes.fromhex(signature)
    except (KeyError, ValueError):
        raise _forbidden() from None
    message = "\n".join((request_id, user_id, timestamp, hashlib.sha256(body).hexdigest())).encode()
    if abs(age) > TOLERANCE_SECONDS or not any(_signed(key, signed, message) for key in keys):
        raise _forbidden()


def _signed(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _read_key(key: Mapping[str, Any]) -> Ed25519PublicKey | None:
    if key.get("kty") != "OKP" or key.get("crv") != "Ed25519":
        return None
    try:
        return Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(f"{key.get('x')}=="))
    except ValueError:
        return None


def _forbidden() -> Forbidden:
    return Forbidden(_("This callback does not come from fal."), code="bad_signature")
