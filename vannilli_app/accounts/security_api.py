"""How an account is secured, over JSON: sessions, mailed links, the password, the second factor."""

from datetime import UTC, datetime
from uuid import UUID

from fastapi import APIRouter
from limits import RateLimitItemPerHour

from vannilli_app import db, rates, routes
from vannilli_app.accounts import links, passwords, post, second_factor, service, sessions, tokens
from vannilli_app.accounts.identity import CurrentClient, CurrentIdentity, RecentIdentity
from vannilli_app.accounts.schemas import (
    Authenticator,
    ChangePassword,
    Code,
    EmailOnly,
    LinkToken,
    NewPassword,
    RecoveryCodes,
    SessionPage,
)
from vannilli_app.errors import Invalid
from vannilli_app.problems import documented
from vannilli_app.words import _

MAILS_AN_HOUR = RateLimitItemPerHour(5, namespace="mail")  # to one address

router = APIRouter(tags=["accounts"])


@router.get(routes.API_SESSIONS, responses=documented({401: "not_signed_in"}))
async def list_sessions(identity: CurrentIdentity) -> SessionPage:
    """My signed-in devices, this one first."""
    async with db.transaction(db.as_user(identity.user_id)) as session:
        return SessionPage(items=await sessions.mine(session, identity, datetime.now(UTC)))


@router.delete(routes.API_SESSIONS, status_code=204, responses=documented({401: "not_signed_in"}))
async def end_other_sessions(identity: CurrentIdentity, client: CurrentClient) -> None:
    """Sign out every other device, at once."""
    async with db.transaction(db.SERVICE) as session:
        await sessions.end_others(session, identity, client, datetime.now(UTC))


@router.delete(
    routes.API_SESSION, status_code=204, responses=documented({401: "not_signed_in", 404: "not_found"})
)
async def end_session(session_id: UUID, identity: CurrentIdentity, client: CurrentClient) -> None:
    """Sign out one device, at once."""
    async with db.transaction(db.SERVICE) as session:
        await sessions.end_one(session, identity, session_id, client, datetime.now(UTC))


@router.post(routes.API_VERIFY_ASK, status_code=202, responses=documented({401: "not_signed_in"}))
async def ask_to_verify(identity: CurrentIdentity) -> None:
    """Send me the link that confirms my address."""
    await _send_link("verify", identity.email)


@router.post(
    routes.API_VERIFY, status_code=204, responses=documented({410: "link_expired", 422: "validation_error"})
)
async def verify(given: LinkToken, client: CurrentClient) -> None:
    """Confirm an address with the token of a mailed link."""
    async with db.transaction(db.SERVICE) as session:
        await links.verify(session, given.token, client, datetime.now(UTC))


@router.post(routes.API_RESET_ASK, status_code=202, responses=documented({422: "validation_error"}))
async def ask_to_reset(given: EmailOnly) -> None:
    """Send a link for a new password. The answer is the same whether or not there is such an account."""
    await _send_link("reset", given.email)


@router.post(
    routes.API_RESET,
    status_code=204,
    responses=documented({410: "link_expired", 422: "weak_password, validation_error"}),
)
async def reset(given: NewPassword, client: CurrentClient) -> None:
    """Choose a new password with the token of a mailed link. Every session ends."""
    password = given.password.get_secret_value()
    passwords.require_strong(password, "")
    new_hash = await passwords.hashed(password)
    async with db.transaction(db.SERVICE) as session:
        await links.reset(session, given.token, new_hash, client, datetime.now(UTC))


@router.post(
    routes.API_PASSWORD,
    status_code=204,
    responses=documented(
        {
            401: "not_signed_in",
            403: "confirmation_required",
            422: "wrong_password, weak_password",
            429: "sign_in_paused, rate_limited",
        }
    ),
)
async def change_password(identity: RecentIdentity, given: ChangePassword, client: CurrentClient) -> None:
    """Change my password. Every other session ends."""
    password = given.password.get_secret_value()
    passwords.require_strong(password, identity.email)
    async with db.transaction(db.SERVICE) as session:
        stored = await service.begin_confirm(session, identity, datetime.now(UTC))
    verdict = await passwords.verify(given.current_password.get_secret_value(), stored)
    if not verdict.right:
        raise Invalid(_("That is not your password. Check it."), code="wrong_password")
    new_hash = await passwords.hashed(password)
    async with db.transaction(db.SERVICE) as session:
        await service.change_password(session, identity, new_hash, client, datetime.now(UTC))


@router.post(
    routes.API_TOTP,
    responses=documented({401: "not_signed_in", 403: "confirmation_required", 409: "totp_on"}),
)
async def begin_totp(identity: RecentIdentity) -> Authenticator:
    """A secret for my authenticator app. It counts once a code of it is confirmed."""
    async with db.transaction(db.SERVICE) as session:
        return await second_factor.enroll(session, identity.user_id, identity.email, datetime.now(UTC))


@router.post(
    routes.API_TOTP_CONFIRM,
    responses=documented(
        {401: "not_signed_in", 403: "confirmation_required", 409: "totp_not_begun", 422: "invalid_totp"}
    ),
)
async def confirm_totp(identity: RecentIdentity, given: Code, client: CurrentClient) -> RecoveryCodes:
    """Turn the second factor on with a code of the app. The recovery codes are shown this once."""
    now = datetime.now(UTC)
    async with db.transaction(db.SERVICE) as session:
        codes = await second_factor.confirm(session, identity.user_id, given.code, now)
        second_factor.note(session, "totp_on", identity, client)
        await post.queue(session, "totp_on", identity.email, now, user_id=identity.user_id)
    return RecoveryCodes(codes=codes)


@router.delete(
    routes.API_TOTP,
    status_code=204,
    responses=documented({401: "not_signed_in", 403: "confirmation_required"}),
)
async def turn_totp_off(identity: RecentIdentity, client: CurrentClient) -> None:
    """Turn the second factor off."""
    now = datetime.now(UTC)
    async with db.transaction(db.SERVICE) as session:
        await second_factor.turn_off(session, identity.user_id)
        second_factor.note(session, "totp_off", identity, client)
        await post.queue(session, "totp_off", identity.email, now, user_id=identity.user_id)


@router.post(
    routes.API_RECOVERY_CODES,
    responses=documented({401: "not_signed_in", 403: "confirmation_required", 409: "totp_off"}),
)
async def renew_recovery_codes(identity: RecentIdentity, client: CurrentClient) -> RecoveryCodes:
    """Fresh recovery codes; the earlier ones are worth nothing from here on."""
    async with db.transaction(db.SERVICE) as session:
        codes = await second_factor.renew_codes(session, identity.user_id)
        second_factor.note(session, "recovery_codes_renewed", identity, client)
    return RecoveryCodes(codes=codes)


async def _send_link(purpose: str, email: str) -> None:
    """Beyond a few mails an hour nothing is sent, and the answer is the same."""
    if not (await rates.count(MAILS_AN_HOUR, purpose, tokens.email_hash(email))).allowed:
        return
    async with db.transaction(db.SERVICE) as session:
        await links.ask(session, purpose, email, datetime.now(UTC))
