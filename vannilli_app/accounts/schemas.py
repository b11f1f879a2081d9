"""What goes in and out of accounts, shared by service, API and states."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
from typing import Annotated
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, Field, SecretStr
from pydantic_core import PydanticCustomError

from vannilli_app.config import settings
from vannilli_app.fields import Truth
from vannilli_app.music.price import Tier
from vannilli_app.words import N_

PROOF_LASTS = timedelta(minutes=10)


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
        raise PydanticCustomError("email", N_("Enter an email address like name@example.com.")) from error
    return (checked.ascii_email or checked.normalized).lower()


def known_email(given: str) -> str:
    """The spelling an account would have; empty, which no account has, when it is no address."""
    try:
        return normal_email(given)
    except PydanticCustomError:
        return ""


class SignUp(BaseModel):
    """`device_fingerprint` is the browser's; only its HMAC is kept."""

    email: Annotated[str, AfterValidator(normal_email)] = Field(
        max_length=320, json_schema_extra={"format": "email"}
    )
    password: SecretStr
    birth_date: date
    accept_terms: Truth
    device_fingerprint: str | None = Field(None, max_length=200)


class SignIn(BaseModel):
    email: Annotated[str, AfterValidator(known_email)] = Field(max_length=320)
    password: SecretStr = Field(max_length=1024)
    totp: str | None = Field(None, max_length=40)


class Confirm(BaseModel):
    """The password, or where the second factor is on a code of it."""

    password: SecretStr = Field(SecretStr(""), max_length=1024)
    totp: str | None = Field(None, max_length=40)


class EmailOnly(BaseModel):
    email: Annotated[str, AfterValidator(known_email)] = Field(max_length=320)


class LinkToken(BaseModel):
    token: str = Field(max_length=200)


class NewPassword(LinkToken):
    password: SecretStr


class ChangePassword(BaseModel):
    current_password: SecretStr = Field(max_length=1024)
    password: SecretStr


class Code(BaseModel):
    code: str = Field(max_length=40)


class Authenticator(BaseModel):
    """What an authenticator app needs; nothing counts until a code of it is confirmed."""

    secret: str
    uri: str
    qr_svg: str = Field(description="the same as a picture, a data: address")


class RecoveryCodes(BaseModel):
    """Shown once. Each stands in for the authenticator, once."""

    codes: list[str]


class SessionView(BaseModel):
    """One signed-in device of mine."""

    id: UUID
    device: str
    ip: str | None
    created_at: datetime
    last_seen_at: datetime
    current: bool


class SessionPage(BaseModel):
    items: list[SessionView]


class Action(BaseModel):
    """One line of what I did."""

    action: str
    resource_type: str
    device: str
    ip: str | None
    created_at: datetime


class ActionPage(BaseModel):
    items: list[Action]
    next_cursor: str | None


class ExportView(BaseModel):
    """A copy of my data: `pending`, `ready` or `failed`."""

    id: UUID
    status: str
    size_bytes: int | None
    created_at: datetime
    ready_at: datetime | None
    expires_at: datetime | None


class ExportPage(BaseModel):
    items: list[ExportView]


class ExportLink(BaseModel):
    download_url: str
    expires_at: datetime


class PushEndpoint(BaseModel):
    endpoint: str = Field(max_length=1000, pattern="^https?://[!-~]+$")


class PushKeys(PushEndpoint):
    """A browser's `PushSubscription`, its keys in base64url: a P-256 point, and 16 bytes."""

    p256dh: str = Field(pattern=r"^[\w-]{87}=?$")
    auth: str = Field(pattern=r"^[\w-]{22}(==)?$")


class PushMessage(BaseModel):
    """What a notification says; it opens the page `url`, and takes the place of an earlier one of the same `tag`."""

    title: str
    body: str
    url: str
    tag: str


class DoNotSell(BaseModel):
    do_not_sell: Truth


class Standing(BaseModel):
    """How an account is secured."""

    email_verified: bool
    totp: bool
    recovery_codes_left: int
    do_not_sell: bool


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
    proven_at: datetime

    def is_recent(self, now: datetime) -> bool:
        """Whether this session gave its password or a code less than ten minutes ago."""
        return now - self.proven_at < PROOF_LASTS


@dataclass(frozen=True, slots=True)
class Client:
    """Where a request comes from, for sessions, limits and the audit log."""

    ip: IPv4Address | IPv6Address | None = None
    user_agent: str | None = None
    gpc: bool = False  # the browser says that data may not be sold or shared (Global Privacy Control)
