"""What else proves who somebody is: the second factor, its recovery codes; and the pauses after wrong passwords."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlmodel import Field, SQLModel

from vannilli_app.models.columns import moment, primary_key, reference, words


class SecondFactor(SQLModel, table=True):
    """A person's authenticator. `secret` is encrypted; `last_step` is the newest 30 s step a code was taken for."""

    __tablename__ = "second_factors"

    user_id: UUID = Field(
        sa_column=Column(PG_UUID(as_uuid=True), ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    )
    secret: str = words()
    last_step: int = Field(default=0, sa_column=Column(BigInteger, nullable=False, server_default="0"))
    confirmed_at: datetime | None = moment(nullable=True)
    created_at: datetime = moment(default_now=True)


class RecoveryCode(SQLModel, table=True):
    """A code that stands in for the authenticator, once."""

    __tablename__ = "recovery_codes"
    __table_args__ = (Index("idx_recovery_codes_user_id", "user_id"),)

    id: UUID = primary_key()
    user_id: UUID = reference("users.id")
    code_hash: str = words(unique=True)
    used_at: datetime | None = moment(nullable=True)


class SignInFailure(SQLModel, table=True):
    """Wrong passwords in a row for an email, whether or not it has an account; named by its HMAC."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (Index("idx_sign_in_failures_last_at", "last_at"),)

    email_hash: str = Field(sa_type=Text, primary_key=True)
    failures: int
    last_at: datetime = moment()
