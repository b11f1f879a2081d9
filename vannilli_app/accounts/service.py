"""Use cases of accounts. Each takes a session of the service role: nobody is signed in yet."""

import secrets
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.accounts import (
    audit,
    backoff,
    device,
    links,
    passwords,
    post,
    privacy,
    queries,
    second_factor,
    sessions,
    tokens,
)
from vannilli_app.accounts.schemas import Client, Confirm, Identity, Me, SignedIn, SignIn, SignUp, UserView
from vannilli_app.errors import Conflict, Invalid, NotSignedIn
from vannilli_app.models import AccountSession, Consent, User
from vannilli_app.music.price import Tier
from vannilli_app.words import _, day, language

LEAST_AGE = 13
EARLIEST_BIRTH = date(1900, 1, 1)
CONSENTS_OF_SIGN_UP = {"terms": "2026-11", "likeness_licence": "2026-11"}
"""What sign-up accepts, and the version in force; raise a version with its text."""

NOBODY = UUID(int=0)

Welcome = Callable[[AsyncSession, UUID, datetime], Awaitable[None]]
"""What else a new account gets, in the same transaction; the wiring gives it, billing is above accounts."""


def require_acceptable(wanted: SignUp, today: date) -> None:
    """Raises `Invalid` `weak_password`, `invalid_birth_date`, `under_age` or `terms_required`."""
    passwords.require_strong(wanted.password.get_secret_value(), wanted.email)
    if wanted.birth_date < EARLIEST_BIRTH:
        raise Invalid(_("Check the year of your birth date."), code="invalid_birth_date")
    if _age(wanted.birth_date, today) < LEAST_AGE:
        raise Invalid(_("You have to be {age} or older to have an account.", age=LEAST_AGE), code="under_age")
    if not wanted.accept_terms:
        raise Invalid(_("Accept the terms and the likeness licence to go on."), code="terms_required")


async def sign_up(
    session: AsyncSession, wanted: SignUp, password_hash: str, client: Client, now: datetime, welcome: Welcome
) -> SignedIn:
    """Make an account of an acceptable request and sign its person in. Raises `Conflict` `email_taken`."""
    fingerprint = tokens.device_hash(wanted.device_fingerprint)
    user_id = await queries.add_user(session, wanted.email, password_hash, fingerprint)
    if user_id is None:
        raise Conflict(_("There is an account with this email. Sign in instead."), code="email_taken")
    session.add_all(
        Consent(user_id=user_id, kind=kind, version=version, accepted_at=now, ip=client.ip)
        for kind, version in CONSENTS_OF_SIGN_UP.items()
    )
    await welcome(session, user_id, now)
    audit.record(
        session, "signed_up", user_id=user_id, resource_type="user", resource_id=user_id, client=client
    )
    await privacy.honour_gpc(session, user_id, client, now)
    await links.ask(session, "verify", wanted.email, now)
    return await _open_session(session, user_id, client, now)


async def begin_sign_in(
    session: AsyncSession, email: str, client: Client, now: datetime
) -> queries.Credentials | None:
    """The account that somebody tries to open, the try counted. Raises TooMany (`sign_in_paused`)."""
    known = await queries.credentials(session, email)
    # Asked of nobody too: the time that it takes must not tell whether there is such an account.
    familiar = await queries.is_familiar(session, known.user_id if known else NOBODY, client)
    await backoff.begin_try(session, email, now, familiar=familiar)
    return known


async def sign_in(
    session: AsyncSession,
    given: SignIn,
    known: queries.Credentials | None,
    verdict: passwords.Verdict,
    client: Client,
    now: datetime,
) -> SignedIn | NotSignedIn:
    """Open a session if password and code were right. An error is returned, not raised: the audit line stays."""
    # The password was looked at outside of a transaction: it may have been changed since.
    if known is None or not verdict.right or not await queries.is_still(session, known):
        audit.record(
            session,
            "sign_in_refused",
            user_id=known and known.user_id,
            resource_type="session",
            client=client,
        )
        return NotSignedIn(_("Email or password is not right. Check both."), code="invalid_credentials")
    user_id = known.user_id
    refusal = await _refused_code(session, given, user_id, now)
    if refusal:
        audit.record(session, refusal.code, user_id=user_id, resource_type="session", client=client)
        return refusal
    await backoff.succeeded(session, given.email)
    if (await queries.user(session, user_id)).banned_at is not None:
        audit.record(session, "sign_in_banned", user_id=user_id, resource_type="session", client=client)
        return NotSignedIn(
            _("This account is closed. Answer the mail that told you, if that is wrong."), code="banned"
        )
    if verdict.new_hash:
        await queries.set_password_hash(session, user_id, verdict.new_hash)
    audit.record(session, "signed_in", user_id=user_id, resource_type="session", client=client)
    await privacy.honour_gpc(session, user_id, client, now)
    if not await queries.is_known_device(session, user_id, client):
        await post.queue(
            session,
            "new_sign_in",
            given.email,
            now,
            user_id=user_id,
            device=device.words(client.user_agent),
            at=f"{day(now)}, {now:%H:%M}",
        )
    return await _open_session(session, user_id, client, now)


async def _refused_code(
    session: AsyncSession, given: SignIn, user_id: UUID, now: datetime
) -> NotSignedIn | None:
    if not await second_factor.is_on(session, user_id):
        return None
    if not given.totp:
        await backoff.undo_try(session, given.email, now)
        return NotSignedIn(_("Now the code from your authenticator app."), code="totp_required")
    if not await second_factor.check(session, user_id, given.totp, now):
        return NotSignedIn(
            _("That code is not right. Take the newest one, or a recovery code."), code="invalid_totp"
        )
    return None


async def begin_confirm(session: AsyncSession, identity: Identity, now: datetime) -> str:
    """The password hash to check a person against who is signed in. Raises TooMany (`sign_in_paused`)."""
    await backoff.begin_try(session, identity.email, now, familiar=False)
    return (await queries.user(session, identity.user_id)).password_hash


async def confirm(
    session: AsyncSession, identity: Identity, given: Confirm, verdict: passwords.Verdict, now: datetime
) -> Invalid | None:
    """Note that the session gave proof: a code where the second factor is on, else the password."""
    if await second_factor.is_on(session, identity.user_id):
        if not await second_factor.check(session, identity.user_id, given.totp or "", now):
            return Invalid(
                _("That code is not right. Take the newest one, or a recovery code."), code="invalid_totp"
            )
    elif not verdict.right:
        return Invalid(_("That is not your password. Check it."), code="wrong_password")
    await backoff.succeeded(session, identity.email)
    await queries.prove(session, identity.session_id, now)
    return None


async def change_password(
    session: AsyncSession, identity: Identity, password_hash: str, client: Client, now: datetime
) -> None:
    """Set a new password; every other session ends."""
    await queries.set_password_hash(session, identity.user_id, password_hash)
    await backoff.succeeded(session, identity.email)
    await sessions.end_others(session, identity, client, now)
    audit.record(session, "password_changed", user_id=identity.user_id, resource_type="user", client=client)
    await post.queue(session, "password_changed", identity.email, now, user_id=identity.user_id)


async def refresh(
    session: AsyncSession, token: str, client: Client, now: datetime, key: str | None = None
) -> SignedIn | None:
    """The next tokens of a session. None for a token that is not good; one used before ends the session, unless it is
    the very request again whose answer was lost: it has the same `key`, which no thief of the token alone has."""
    found = await _family(session, token, now)
    if found is None:
        return None
    family, turn = found
    renewal = tokens.link_hash(key) if key else None
    if renewal and renewal == family.renewal and turn == family.refresh_counter - 1:
        return _signed_in(await queries.user(session, family.user_id), family, now)
    if turn != family.refresh_counter:
        await sessions.end(session, family.user_id, now, col(AccountSession.id) == family.id)
        _audit_session(session, "refresh_replayed", family, client)
        return None
    family.refresh_counter += 1
    family.renewal = renewal
    family.last_seen_at = now
    family.expires_at = min(now + tokens.REFRESH_LIFETIME, family.created_at + tokens.LONGEST_SESSION)
    _audit_session(session, "refreshed", family, client)
    return _signed_in(await queries.user(session, family.user_id), family, now)


async def sign_out_by_refresh(session: AsyncSession, token: str, client: Client, now: datetime) -> None:
    """End the session that a refresh token belongs to, whichever turn it is from; nothing for any other text."""
    found = await _family(session, token, now)
    if found is not None:
        family, _ = found
        await sessions.end(session, family.user_id, now, col(AccountSession.id) == family.id)
        _audit_session(session, "signed_out", family, client)


async def _family(session: AsyncSession, token: str, now: datetime) -> tuple[AccountSession, int] | None:
    """The living session for which we made this refresh token, locked, and the token's turn."""
    claim = tokens.read_refresh(token)
    if claim is None:
        return None
    family = await queries.locked_session(session, claim.session_id, now)
    return (family, claim.counter) if family and tokens.is_genuine(claim, family.secret) else None


async def sign_out(session: AsyncSession, identity: Identity, client: Client, now: datetime) -> None:
    """End the session of the request: its access and refresh tokens are worth nothing from here on."""
    await sessions.end(session, identity.user_id, now, col(AccountSession.id) == identity.session_id)
    audit.record(
        session,
        "signed_out",
        user_id=identity.user_id,
        resource_type="session",
        resource_id=identity.session_id,
        client=client,
    )


def me(identity: Identity) -> Me:
    """The person of a request, for themselves."""
    return Me(
        id=identity.user_id,
        email=identity.email,
        tier=identity.tier,
        credits_remaining=identity.credits_remaining,
        email_verified=identity.email_verified,
        role=identity.role,
    )


async def _open_session(session: AsyncSession, user_id: UUID, client: Client, now: datetime) -> SignedIn:
    opened = AccountSession(
        user_id=user_id,
        secret=secrets.token_hex(32),
        ip=client.ip,
        user_agent=client.user_agent,
        created_at=now,
        last_seen_at=now,
        proven_at=now,
        expires_at=now + tokens.REFRESH_LIFETIME,
    )
    session.add(opened)
    user = await queries.user(session, user_id)
    user.language = language()
    return _signed_in(user, opened, now)


def _signed_in(user: User, opened: AccountSession, now: datetime) -> SignedIn:
    return SignedIn(
        access_token=tokens.issue_access(user.id, opened.id, now),
        refresh_token=tokens.issue_refresh(opened.id, opened.refresh_counter, opened.secret),
        expires_in=int(tokens.ACCESS_LIFETIME.total_seconds()),
        user=UserView(
            id=user.id, email=user.email, tier=Tier(user.tier), credits_remaining=user.credits_remaining
        ),
    )


def _audit_session(session: AsyncSession, action: str, family: AccountSession, client: Client) -> None:
    audit.record(
        session,
        action,
        user_id=family.user_id,
        resource_type="session",
        resource_id=family.id,
        client=client,
    )


def _age(birth: date, today: date) -> int:
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))
