"""Kinds of JSON fields that the features' schemas share. The OpenAPI document says exactly what they take."""

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, WithJsonSchema
from pydantic_core import PydanticCustomError

from vannilli_app.words import N_

_TEXT = r"^[0-9]{1,6}(\.[0-9]{1,9})?$"


def _number(value: Any) -> Any:
    if isinstance(value, bool | str):
        raise PydanticCustomError("decimal_type", N_("Enter a number."))
    return value


def _number_or_text(value: Any) -> Any:
    return value if isinstance(value, str) and re.fullmatch(_TEXT, value) else _number(value)


def _to_tenths_of_milliseconds(value: Decimal) -> Decimal:
    return round(value, 4)


Exact = Annotated[
    Decimal,
    BeforeValidator(_number_or_text),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": _TEXT}]}),
]
"""A tempo or a count of bars, also as text, which keeps 93.1 from becoming 93.09999. `music.tempo` judges whether it is
in range, with a sentence of its own."""

Whole = Annotated[int, BeforeValidator(_number)]
"""A whole number, 44.0 too, which JSON does not tell from 44; but no text."""

TrackSeconds = Annotated[
    Decimal,
    Field(ge=0, le=7200),
    BeforeValidator(_number),
    AfterValidator(_to_tenths_of_milliseconds),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 7200}),
]
"""A moment of a track, kept to 0.1 ms."""

TakeSeconds = Annotated[
    Decimal,
    Field(ge=0, le=600),
    BeforeValidator(_number),
    AfterValidator(_to_tenths_of_milliseconds),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 600}),
]
"""A moment of a recorded performance, kept to 0.1 ms."""

Bar = Annotated[
    Decimal,
    Field(ge=1, le=9999, multiple_of=Decimal("0.5")),
    BeforeValidator(_number),
    WithJsonSchema({"type": "number", "minimum": 1, "maximum": 9999, "multipleOf": 0.5}),
]
"""A bar of a track, in halves; 1 is the first."""

Share = Annotated[
    float, Field(ge=0, le=1), BeforeValidator(_number), AfterValidator(lambda share: round(share, 4))
]
"""A share of a picture's width or height, kept to a ten-thousandth."""

Place = Annotated[
    tuple[Share, Share],
    WithJsonSchema(
        {
            "type": "array",
            "items": {"type": "number", "minimum": 0, "maximum": 1},
            "minItems": 2,
            "maxItems": 2,
        }
    ),
]
"""A place in a picture: shares of its width and height, from its upper left corner."""

BeatAccent = Literal["off", "soft", "strong"]
"""How much the camera plays along to the beat."""

Mouth = Literal["auto", "filmed", "drawn"]
"""What is seen between the lips: whatever fits the picture, the performer's own, or a drawn one."""

Truth = StrictBool
"""true or false, and nothing that could be taken for it."""
