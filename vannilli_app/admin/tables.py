"""The tables of the dashboard as CSV (RFC 4180), each beside its chart."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from vannilli_app.admin.schemas import Figures
from vannilli_app.errors import NotFound

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run these


def table(figures: Figures, name: str) -> str:
    """One table: `days`, `tiers`, `providers`, `outcomes`, `causes`, `board`, `failures`, `queues`, `shared`.

    Raises NotFound.
    """
    found: dict[str, Sequence[BaseModel]] = {
        "days": figures.money.by_day,
        "tiers": figures.money.by_tier,
        "providers": figures.money.by_provider,
        "outcomes": figures.money.by_outcome,
        "causes": figures.money.by_cause,
        "board": figures.providers,
        "failures": figures.work.failures,
        "queues": figures.queues,
        "shared": figures.shared,
    }
    if name not in found:
        raise NotFound(f"There is no table {name}, only {', '.join(found)}.")
    return _csv([row.model_dump(mode="json") for row in found[name]])


def _csv(rows: Sequence[dict[str, Any]]) -> str:
    text = io.StringIO()
    if rows:
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
