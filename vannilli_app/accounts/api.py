"""Accounts over JSON. Signing in also sets the browser's cookie, so that pages and API share one session."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from vannilli_app import db, routes
from vannilli_app.accounts import cookies, passwords, service
from vannilli_app.accounts.identity import CurrentClient, CurrentIdentity, OptionalIdentity
from vannilli_app.accounts.schemas import Confirm, Me, Refresh, SignedIn, SignIn, SignUp
from vannilli_app.errors import NotSignedIn
from vannilli_app.problems import documented
from vannilli_app.words import _


def make_router(welcome: service.Welcome) -> APIRouter:
    """The routes of accounts; `welcome` is what a new account gets besides."""
    router = APIRouter(tags=["accounts"])

    @router.post(
        routes.API_SIGN_UP,
        status_code=201,
        responses=documented(
            {
                409: "email_taken",
                422: "weak_password, invalid_birth_date, under_age, terms_required, validation_error",
            }
        ),
    )
    async def sign_up(wanted: SignUp, client: CurrentClient, response: Response) -> SignedIn:
        """Make an account: 13 or older, terms accepted. It starts with 3 credits and is signed in."""
        now = datetime.now(UTC)
        service.require_acceptable(wanted, now.date())
        password_hash = await passwords.hashed(wanted.password.get_secret_value())
        async with db.transaction(db.SERVICE) as session:
            signed_in = await service.sign_up(session, wanted, password_hash, client, now, welcome)
        return cookies.give(response, signed_in)

    @router.post(
        routes.API_SIGN_IN,
        responses=documented(
            {
                401: "invalid_credentials, totp_required, invalid_totp, banned",
                422: "validation_error",
                429: "sign_in_paused, rate_limited",
            }
        ),
    )
    async def sign_in(given: SignIn, client: CurrentClient, response: Response) -> SignedIn:
        """Sign in. An unknown email and a wrong password answer alike, and take as long. With the second factor on,
        `totp` is a code of the authenticator app or a recovery code."""
        async with db.transaction(db.SERVICE) as session:
            known = await service.begin_sign_in(session, given.email, client, datetime.now(UTC))
        # Outside of a transaction: a queue of password hashes must not hold the pool's connections.
        verdict = await passwords.verify(given.password.get_secret_value(), known and known.password_hash)
        async with db.transaction(db.SERVICE) as session:
            signed_in = await service.sign_in(session, given, known, verdict, client, datetime.now(UTC))
        if isinstance(signed_in, NotSignedIn):
            raise signed_in
        return cookies.give(response, signed_in)

    @router.post(
        routes.API_REFRESH, responses=documented({401: "invalid_refresh_token", 422: "validation_error"})
    )
    async def refresh(
        request: Request,
        client: CurrentClient,
        response: Response,
        given: Refresh | None = None,
        idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
    ) -> SignedIn:
        """New tokens for a refresh token, which a browser has in a cookie. Each is good once: a second use ends the
        session, but for the same request again, with the same random `Idempotency-Key`."""
        token = given.refresh_token if given else _refresh_cookie(request)
        async with db.transaction(db.SERVICE) as session:
            signed_in = await service.refresh(session, token, client, datetime.now(UTC), idempotency_key)
        if signed_in is None:
            raise NotSignedIn(_("Your session has ended. Sign in again."), code="invalid_refresh_token")
        return cookies.give(response, signed_in)

    @router.post(routes.API_SIGN_OUT, status_code=204)
    async def sign_out(
        request: Request, identity: OptionalIdentity, client: CurrentClient, response: Response
    ) -> None:
        """End the session, also one whose access token has run out, and take the cookies back."""
        now = datetime.now(UTC)
        async with db.transaction(db.SERVICE) as session:
            if identity is not None:
                await service.sign_out(session, identity, client, now)
            else:
                await service.sign_out_by_refresh(session, _refresh_cookie(request), client, now)
        cookies.take_back(response)

    @router.post(
        routes.API_CONFIRM,
        status_code=204,
        responses=documented(
            {401: "not_signed_in", 422: "wrong_password, invalid_totp", 429: "sign_in_paused, rate_limited"}
        ),
    )
    async def confirm(identity: CurrentIdentity, given: Confirm) -> None:
        """Confirm that it is you, for ten minutes: by a code where the second factor is on, else by the password.
        Whatever answers 403 `confirmation_required` asks for this."""
        async with db.transaction(db.SERVICE) as session:
            stored = await service.begin_confirm(session, identity, datetime.now(UTC))
        verdict = await passwords.verify(given.password.get_secret_value(), stored)
        async with db.transaction(db.SERVICE) as session:
            refusal = await service.confirm(session, identity, given, verdict, datetime.now(UTC))
        if refusal:
            raise refusal

    @router.get(routes.API_ME, responses=documented({401: "not_signed_in"}))
    async def me(identity: CurrentIdentity) -> Me:
        """Who is signed in."""
        return service.me(identity)

    return router


def _refresh_cookie(request: Request) -> str:
    """Beside any `Authorization` no cookie counts, as in `optional_identity`."""
    return "" if "authorization" in request.headers else request.cookies.get(cookies.refresh_cookie(), "")
