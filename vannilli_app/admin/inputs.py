"""What an admin's actions take and answer."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Reason = Annotated[str, Field(min_length=3, max_length=300)]


class Done(BaseModel):
    """An action was taken; a sentence says what came of it."""

    model_config = ConfigDict(frozen=True)

    sentence: str


class Why(BaseModel):
    """The body of an action: the reason, which stands in the audit log."""

    reason: Reason


class Adjust(Why):
    """Credits to give, or with a negative number to take."""

    credits: int = Field(ge=-100_000, le=100_000)


class Change(Why):
    """A setting's new value; null is the built-in one."""

    value: Any = None
