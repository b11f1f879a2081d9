"""The cost model as its page shows it. The assumptions stand in the address, so that a view can be kept and shared."""

from dataclasses import dataclass

import reflex as rx

from vannilli_app.accounts.state import person_of
from vannilli_app.admin import cost_model, words
from vannilli_app.admin.access import require_admin
from vannilli_app.admin.lists_state import Row
from vannilli_app.admin.state import AdminState
from vannilli_app.errors import Invalid, NotFound

PEOPLE = (10_000, 1_000_000)


@dataclass
class Assumed:
    """An assumption with the value that holds."""

    name: str = ""
    label: str = ""
    value: str = ""
    source: str = ""


class CostsState(rx.State):
    """Two sizes of the business by one set of assumptions."""

    loaded: bool = False
    sentence: str = ""
    assumptions: rx.Field[list[Assumed]] = rx.field(default_factory=list)
    rows: rx.Field[list[Row]] = rx.field(default_factory=list)

    @rx.event
    async def load(self):
        """Work it out for the address."""
        try:
            require_admin(await person_of(self))
        except NotFound:
            await (await self.get_state(AdminState)).refuse()
            return
        asked, self.sentence = self.router.url.query_parameters, ""
        try:
            values = cost_model.given({one.name: asked.get(one.name, "") for one in cost_model.ASSUMPTIONS})
        except Invalid as error:
            self.sentence, values = error.message, cost_model.defaults()
        self.assumptions = [
            Assumed(one.name, one.label, f"{values[one.name]:g}", one.source)
            for one in cost_model.ASSUMPTIONS
        ]
        self.rows = _rows([cost_model.costs(people, values) for people in PEOPLE])
        self.loaded = True


def _rows(found: list[cost_model.Costs]) -> list[Row]:
    lines = {
        "Server cores at the busiest hour": [f"{one.server_cores:,}" for one in found],
        "Worker cores at the busiest hour": [f"{one.worker_cores:,}" for one in found],
        "Videos at providers at once": [f"{one.provider_slots:,}" for one in found],
        "GB kept": [f"{one.storage_gb:,.0f}" for one in found],
        "Machines": [words.dollars(one.machines_usd) for one in found],
        "Storage": [words.dollars(one.storage_usd) for one in found],
        "Providers": [words.dollars(one.provider_usd) for one in found],
        "Payment fees": [words.dollars(one.fees_usd) for one in found],
        "Earned": [words.dollars(one.earned_usd) for one in found],
        "Margin": [words.share(one.margin) for one in found],
    }
    return [Row(name=name, cells=cells) for name, cells in lines.items()]
