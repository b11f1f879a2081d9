"""Accounts over JSON. Signing in also sets the browser's cookie, so that pages and API share one session."""

from datetime import UTC, datetime

from fastapi import APIRouter, Response

from vannilli_app import db, routes
from vannilli_app.accounts import passwords, queries, service
from vannilli_app.accounts.identity import (
    CurrentClient,
    CurrentIdentity,
    OptionalIdentity,
    cookie_name,
    is_https,
)
from vannilli_app.accounts.schemas import Me, Refresh, SignedIn, SignIn, SignUp
from vannilli_app.errors import NotSignedIn
from vannilli_app.problems import documented


def make_router(welcome: service.Welcome) -> APIRouter:
    """The routes of accounts; `welcome` is what a new account gets besides."""
    router = APIRouter(tags=["accounts"])

    @router.post(
        routes.API_SIGN_UP,
        status_code=201,
        responses=documented(
            {409: "email_taken", 422: "weak_password, under_age, terms_required, validation_error"}
        ),
    )
    async def sign_up(wanted: SignUp, client: CurrentClient, response: Response) -> SignedIn:
        """Make an account: 13 or older, terms accepted. It starts with 3 credits and is signed in."""
        now = datetime.now(UTC)
        service.require_acceptable(wanted, now.date())
        password_hash = await passwords.hashed(wanted.password.get_secret_value())
        async with db.transaction(db.SERVICE) as session:
            signed_in = await service.sign_up(session, wanted, password_hash, client, now, welcome)
        return _with_cookie(response, signed_in)

    @router.post(
        routes.API_SIGN_IN, responses=documented({401: "invalid_credentials", 422: "validation_error"})
    )
    async def sign_in(given: SignIn, client: CurrentClient, response: Response) -> SignedIn:
        """Sign in. An unknown email and a wrong password answer alike, and take as long."""
        async with db.transaction(db.SERVICE) as session:
            known = await queries.credentials(session, given.email)
        # Outside of a transaction: a queue of password hashes must not hold the pool's connections.
        verdict = await passwords.verify(given.password.get_secret_value(), known and known.password_hash)
        async with db.transaction(db.SERVICE) as session:
            signed_in = await service.sign_in(
                session, known and known.user_id, verdict, client, datetime.now(UTC)
            )
        if signed_in is None:
            raise NotSignedIn("Email or password is not right. Check both.", code="invalid_credentials")
        return _with_cookie(response, signed_in)

    @router.post(
        routes.API_REFRESH, responses=documented({401: "invalid_refresh_token", 422: "validation_error"})
    )
    async def refresh(given: Refresh, client: CurrentClient, response: Response) -> SignedIn:
        """New tokens for a refresh token. Each is good once: a second use ends the session."""
        async with db.transaction(db.SERVICE) as session:
            signed_in = await service.refresh(session, given.refresh_token, client, datetime.now(UTC))
        if signed_in is None:
            raise NotSignedIn("Your session has ended. Sign in again.", code="invalid_refresh_token")
        return _with_cookie(response, signed_in)

    @router.post(routes.API_SIGN_OUT, status_code=204)
    async def sign_out(identity: OptionalIdentity, client: CurrentClient, response: Response) -> None:
        """End the session and clear the cookie; without a session, only the latter."""
        if identity is not None:
            async with db.transaction(db.SERVICE) as session:
                await service.sign_out(session, identity, client, datetime.now(UTC))
        response.delete_cookie(cookie_name(), httponly=True, samesite="lax", secure=is_https())

    @router.get(routes.API_ME, responses=documented({401: "not_signed_in"}))
    async def me(identity: CurrentIdentity) -> Me:
        """Who is signed in."""
        return service.me(identity)

    return router


def _with_cookie(response: Response, signed_in: SignedIn) -> SignedIn:
    response.set_cookie(
        cookie_name(),
        signed_in.access_token,
        max_age=signed_in.expires_in,
        httponly=True,
        samesite="lax",
        secure=is_https(),
    )
    response.headers["cache-control"] = "no-store"
    return signed_in
