"""The second factor: codes of an authenticator app (RFC 6238: 6 digits, 30 s) and recovery codes."""

import logging
import secrets
from datetime import datetime
from hmac import compare_digest
from uuid import UUID

import pyotp
import segno
from cryptography.fernet import InvalidToken
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.accounts import audit, queries, tokens
from vannilli_app.accounts.schemas import Authenticator, Client, Identity
from vannilli_app.errors import Conflict, Invalid
from vannilli_app.models import SecondFactor
from vannilli_app.words import _

CODES = 10
NEIGHBOURS = (0, -1, 1)  # steps of 30 s that a phone's clock may be off
_log = logging.getLogger(__name__)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another; 16 of them are 79 bits


async def is_on(session: AsyncSession, user_id: UUID) -> bool:
    """Whether signing in asks for a code."""
    factor = await queries.factor(session, user_id)
    return factor is not None and factor.confirmed_at is not None


async def enroll(session: AsyncSession, user_id: UUID, email: str, now: datetime) -> Authenticator:
    """A new secret, which counts once `confirm` has seen a code of it. Raises Conflict when the factor is on."""
    factor = await queries.factor(session, user_id)
    if factor is not None and factor.confirmed_at is not None:
        raise Conflict(_("The second step is on already. Turn it off first."), code="totp_on")
    secret = pyotp.random_base32()
    if factor is None:
        session.add(SecondFactor(user_id=user_id, secret=tokens.sealed(secret), created_at=now))
    else:
        factor.secret, factor.created_at = tokens.sealed(secret), now
    uri = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Vannilli")
    picture = segno.make(uri, micro=False).svg_data_uri(scale=5, border=4, light="#fff")
    return Authenticator(secret=secret, uri=uri, qr_svg=picture)


async def confirm(session: AsyncSession, user_id: UUID, code: str, now: datetime) -> list[str]:
    """Turn the factor on with its first code; gives the recovery codes. Raises Conflict, Invalid (`invalid_totp`)."""
    factor = await queries.factor(session, user_id)
    if factor is None or factor.confirmed_at is not None:
        raise Conflict(_("Start again: there is no authenticator to confirm."), code="totp_not_begun")
    if not _accept(factor, code, now):
        raise Invalid(
            _("That code is not right. Take the newest one, and check the phone's clock."),
            code="invalid_totp",
        )
    factor.confirmed_at = now
    return await new_recovery_codes(session, user_id)


async def check(session: AsyncSession, user_id: UUID, code: str, now: datetime) -> bool:
    """Whether the code is right: one of the app that was not used yet, or an unused recovery code."""
    factor = await queries.factor(session, user_id)
    if factor is None or factor.confirmed_at is None:
        return False
    if _accept(factor, code, now):
        return True
    return await queries.use_recovery_code(session, user_id, tokens.recovery_hashes(user_id, code), now)


async def turn_off(session: AsyncSession, user_id: UUID) -> None:
    """Forget authenticator and recovery codes."""
    factor = await queries.factor(session, user_id)
    if factor is not None:
        await session.delete(factor)
    await queries.replace_recovery_codes(session, user_id, [])


async def new_recovery_codes(session: AsyncSession, user_id: UUID) -> list[str]:
    """Fresh codes instead of all earlier ones; they are shown now and never again."""
    codes = [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4)) for _ in range(CODES)
    ]
    await queries.replace_recovery_codes(
        session, user_id, [tokens.recovery_hash(user_id, code) for code in codes]
    )
    return codes


async def renew_codes(session: AsyncSession, user_id: UUID) -> list[str]:
    """New recovery codes. Raises Conflict (`totp_off`) where nothing asks for one."""
    if not await is_on(session, user_id):
        raise Conflict(_("Turn the second step on first."), code="totp_off")
    return await new_recovery_codes(session, user_id)


def note(session: AsyncSession, action: str, identity: Identity, client: Client) -> None:
    """Write into the audit log what was done about the factor."""
    audit.record(session, action, user_id=identity.user_id, resource_type="second_factor", client=client)


def _accept(factor: SecondFactor, code: str, now: datetime) -> bool:
    """Whether it is a code of a step that none was taken for yet, this one or a neighbour; it is used up by that."""
    digits = code.replace(" ", "")
    if not (digits.isascii() and digits.isdigit()):
        return False
    try:
        secret = tokens.unsealed(factor.secret)
    except InvalidToken:
        _log.error("an authenticator was sealed under another SECRET_KEY: name it in SECRET_KEY_OLD")
        return False
    totp = pyotp.TOTP(secret)
    for step in (totp.timecode(now) + offset for offset in NEIGHBOURS):
        if step > factor.last_step and compare_digest(totp.generate_otp(step), digits):
            factor.last_step = step
            factor.secret = tokens.sealed(secret)  # under the newest key from now on
            return True
    return False
