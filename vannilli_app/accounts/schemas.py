"""What goes in and out of accounts, shared by service, API and states."""

from dataclasses import dataclass
from datetime import date
from ipaddress import IPv4Address, IPv6Address
from typing import Annotated
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, Field, SecretStr
from pydantic_core import PydanticCustomError

from vannilli_app.config import settings
from vannilli_app.music.price import Tier


def normal_email(given: str) -> str:
    """The one spelling of an address: trimmed, small letters, ASCII. Raises `PydanticCustomError`."""
    try:
        checked = validate_email(
            given.strip(),
            check_deliverability=False,
            allow_smtputf8=False,
            # elsewhere also artist@vannilli.test and artist@localhost
            globally_deliverable=settings().is_production,
            test_environment=not settings().is_production,
        )
    except EmailNotValidError as error:
        raise PydanticCustomError("email", "Enter an email address like name@example.com.") from error
    return (checked.ascii_email or checked.normalized).lower()


def known_email(given: str) -> str:
    """The spelling an account would have; empty, which no account has, when it is no address."""
    try:
        return normal_email(given)
    except PydanticCustomError:
        return ""


class SignUp(BaseModel):
    """`device_fingerprint` is the browser's; only its HMAC is kept."""

    email: Annotated[str, AfterValidator(normal_email)]
    password: SecretStr
    birth_date: date = Field(ge=date(1900, 1, 1))
    accept_terms: bool
    device_fingerprint: str | None = Field(None, max_length=200)


class SignIn(BaseModel):
    email: Annotated[str, AfterValidator(known_email)] = Field(max_length=320)
    password: SecretStr = Field(max_length=1024)


class Refresh(BaseModel):
    refresh_token: str = Field(max_length=200)


class UserView(BaseModel):
    """A person as they see themselves."""

    id: UUID
    email: str
    tier: Tier
    credits_remaining: int


class Me(UserView):
    email_verified: bool
    role: str


class SignedIn(BaseModel):
    """`access_token` is good for `expires_in` seconds, `refresh_token` once, for 30 days."""

    access_token: str
    refresh_token: str
    expires_in: int
    user: UserView


@dataclass(frozen=True, slots=True)
class Identity:
    """Who makes a request: a person in a session that is alive."""

    user_id: UUID
    session_id: UUID
    email: str
    tier: Tier
    credits_remaining: int
    role: str
    email_verified: bool
    device_fingerprint: str | None


@dataclass(frozen=True, slots=True)
class Client:
    """Where a request comes from, for sessions, limits and the audit log."""

    ip: IPv4Address | IPv6Address | None = None
    user_agent: str | None = None
