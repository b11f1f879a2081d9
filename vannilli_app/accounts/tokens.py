"""Tokens: a signed access token, a rotating refresh token, and the HMAC under which a device is known.

Each purpose has a key of its own, derived from the one signing key of the settings. What came before that key is
believed by nobody; it only still reads what was stored under it.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple
from uuid import UUID

import jwt
from cryptography.fernet import Fernet, MultiFernet

from vannilli_app.config import settings

ACCESS_LIFETIME = timedelta(days=7)
REFRESH_LIFETIME = timedelta(days=30)
LONGEST_SESSION = timedelta(days=180)
ISSUER = "vannilli"
ALGORITHM = "HS256"


class Access(NamedTuple):
    """What an access token says."""

    user_id: UUID
    session_id: UUID


class RefreshClaim(NamedTuple):
    """What a refresh token says, to be believed only after `is_genuine`."""

    session_id: UUID
    counter: int
    mac: str


def issue_access(user_id: UUID, session_id: UUID, now: datetime) -> str:
    """A JWT that is good until `now` + 7 days."""
    claims = {
        "sub": str(user_id),
        "sid": str(session_id),
        "iat": now,
        "exp": now + ACCESS_LIFETIME,
        "iss": ISSUER,
    }
    return jwt.encode(claims, _key("access"), ALGORITHM)


def read_access(token: str) -> Access | None:
    """What a genuine and unexpired access token says; None for any other text."""
    try:
        claims = jwt.decode(
            token,
            _key("access"),
            [ALGORITHM],
            issuer=ISSUER,
            options={"require": ["sub", "sid", "exp", "iat"]},
        )
        return Access(UUID(claims["sub"]), UUID(claims["sid"]))
    except (jwt.InvalidTokenError, ValueError):
        return None


def issue_refresh(session_id: UUID, counter: int, secret: str) -> str:
    """The refresh token of this turn of the session: id, counter, MAC."""
    return f"{session_id.hex}.{counter}.{_refresh_mac(session_id, counter, secret)}"


def read_refresh(token: str) -> RefreshClaim | None:
    """The parts of a refresh token, unverified; None for any other text."""
    session_id, _, rest = token.partition(".")
    counter, _, mac = rest.partition(".")
    if not (counter.isascii() and counter.isdigit() and len(counter) < 10 and mac.isascii()):
        return None
    try:
        return RefreshClaim(UUID(session_id), int(counter), mac)
    except ValueError:
        return None


def is_genuine(claim: RefreshClaim, secret: str) -> bool:
    """Whether we made this token for the session that holds `secret`, whichever turn it is from."""
    return hmac.compare_digest(claim.mac, _refresh_mac(claim.session_id, claim.counter, secret))


def device_hash(fingerprint: str | None) -> str | None:
    """The hex HMAC under which a device is stored, so that the database alone names no device."""
    return _mac(_key("device"), fingerprint) if fingerprint else None


def free_use_key(kind: str, value: str) -> str:
    """The hex HMAC under which a free start of an account, a device or an address is counted."""
    return _mac(_key("free"), f"{kind}:{value}")


def email_hash(email: str) -> str:
    """The hex HMAC under which wrong passwords for an address are counted."""
    return _mac(_key("email"), email)


def new_link_token() -> str:
    """256 random bits for a link in a mail."""
    return secrets.token_urlsafe(32)


def link_hash(token: str) -> str:
    """What is stored of such a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def recovery_hash(user_id: UUID, code: str) -> str:
    """What is stored of a new recovery code, however it was typed."""
    return recovery_hashes(user_id, code)[0]


def recovery_hashes(user_id: UUID, code: str) -> list[str]:
    """What may be stored of it: under the signing key, and under the one before."""
    typed = f"{user_id}:{''.join(filter(str.isalnum, code)).lower()}"
    return [_mac(key, typed) for key in _stored_keys("recovery")]


def sealed(secret: str) -> str:
    """A secret as it is stored where it must be readable again."""
    return _seal().encrypt(secret.encode()).decode()


def unsealed(stored: str) -> str:
    """The secret in `sealed`. Raises `InvalidToken` when it was sealed under a key that the settings do not name."""
    return _seal().decrypt(stored.encode()).decode()


def _seal() -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in _stored_keys("seal")])


def _refresh_mac(session_id: UUID, counter: int, secret: str) -> str:
    return _mac(_key("refresh") + bytes.fromhex(secret), f"{session_id.hex}.{counter}")


def _mac(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode(), "sha256").hex()


def _key(purpose: str) -> bytes:
    return _stored_keys(purpose)[0]


def _stored_keys(purpose: str) -> list[bytes]:
    return [_derived(key, purpose) for key in settings().stored_keys()]


@cache  # every request asks for one
def _derived(key: bytes, purpose: str) -> bytes:
    return hmac.digest(key, f"vannilli/{purpose}".encode(), "sha256")
