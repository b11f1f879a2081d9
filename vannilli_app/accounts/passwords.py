"""Passwords: which are taken, and Argon2id (19 MiB, 2 passes: OWASP's figures) in threads of its own."""

import asyncio
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from zxcvbn import zxcvbn

from vannilli_app.errors import Invalid
from vannilli_app.words import _

with warnings.catch_warnings():
    # passlib 1.7.4 imports `crypt` and reads `argon2.__version__`, both deprecated and both harmless here
    warnings.simplefilter("ignore", DeprecationWarning)
    from passlib.context import CryptContext
    from passlib.hash import argon2

    argon2.set_backend("argon2_cffi")

LEAST_LENGTH = 10
MOST_LENGTH = 1024

_context = CryptContext(
    schemes=["argon2"],
    argon2__type="ID",
    argon2__memory_cost=19 * 1024,
    argon2__time_cost=2,
    argon2__parallelism=1,
)
# Two at a time: a rush of sign-ins queues here, and nothing else of the process waits for it.
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")

# Of zxcvbn's five, the two that fall to a million guesses: what stands on the lists of leaked passwords, and what is a
# date, a repetition or a letter away from it. No rule about digits or capitals (NIST SP 800-63B, 3.1.1.2).
_GUESSED = 1
_LOOKED_AT = 72  # characters; zxcvbn takes no more, and what begins so long is no guess


class Verdict(NamedTuple):
    """Whether a password is right, and its hash anew where the stored one is older than today's settings."""

    right: bool
    new_hash: str | None = None


def require_strong(password: str, email: str) -> None:
    """Raises `Invalid` `weak_password` with what to do about it."""
    if len(password) < LEAST_LENGTH:
        raise _weak(_("Take a password of at least {least} characters.", least=LEAST_LENGTH))
    if len(password) > MOST_LENGTH:
        raise _weak(_("Take a password of at most {most} characters.", most=MOST_LENGTH))
    if email and email.casefold() in password.casefold():
        raise _weak(_("Take a password that is not your email address."))
    if _is_guessed(password, email):
        raise _weak(
            _(
                "That password is on the lists of leaked ones, or close to one. Take another, for example"
                " three words in a row."
            )
        )


def _is_guessed(password: str, email: str) -> bool:
    ours = [*email.replace("@", ".").split("."), "vannilli"]
    return int(zxcvbn(password[:_LOOKED_AT], user_inputs=ours)["score"]) <= _GUESSED


async def hashed(password: str) -> str:
    """The Argon2id hash to store."""
    return str(await _in_thread(_context.hash, password))


async def verify(password: str, stored: str | None) -> Verdict:
    """Whether `password` belongs to the `stored` hash. With None (no such account) it takes just as long."""
    if stored is None:
        await _in_thread(_context.dummy_verify)
        return Verdict(False)
    return Verdict(*await _in_thread(_context.verify_and_update, password, stored))


async def _in_thread(call: Callable[..., Any], *args: str) -> Any:
    return await asyncio.get_running_loop().run_in_executor(_threads, call, *args)


def _weak(message: str) -> Invalid:
    return Invalid(message, code="weak_password", errors=[{"field": "password", "message": message}])
