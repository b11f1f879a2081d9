"""Alerts: whose turn it is to look, what is wrong, and the messages that tell of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from vannilli_app.models.columns import moment, primary_key, reference, words


class AlertClaim(SQLModel, table=True):
    """When a rule is to be looked at next. `place` is the machine for what each has for itself, else empty."""

    __tablename__ = "alert_claims"

    rule: str = Field(primary_key=True, sa_type=Text)
    place: str = Field(primary_key=True, sa_type=Text)
    due_at: datetime = moment()


class Incident(SQLModel, table=True):
    """A rule that is broken, about one subject (a provider, a machine, or nothing in particular), once.

    `well_since`: since when it has looked well again; it is over after some minutes of that.
    """

    __tablename__ = "incidents"
    __table_args__ = (
        Index(
            "one_open_incident", "rule", "subject", unique=True, postgresql_where=text("recovered_at IS NULL")
        ),
        Index("idx_incidents_opened_at", text("opened_at DESC")),
    )

    id: UUID = primary_key()
    rule: str = words()
    subject: str = words("")
    value: float
    sentence: str = words()
    opened_at: datetime = moment()
    well_since: datetime | None = moment(nullable=True)
    recovered_at: datetime | None = moment(nullable=True)


class AlertMessage(SQLModel, table=True):
    """One message about an incident by one channel; it is held by whoever sends it (`leases`) until it is sent."""

    __tablename__ = "alert_messages"
    __table_args__ = (
        UniqueConstraint("incident_id", "channel", "recipient", "news"),
        Index("idx_alert_messages_due_at", "due_at", postgresql_where=text("sent_at IS NULL")),
    )

    id: UUID = primary_key()
    incident_id: UUID = reference("incidents.id")
    channel: str = words()
    recipient: str = words("")
    news: str = words()
    claim: UUID | None = Field(default=None)
    due_at: datetime = moment()
    tries: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    created_at: datetime = moment()
    sent_at: datetime | None = moment(nullable=True)
