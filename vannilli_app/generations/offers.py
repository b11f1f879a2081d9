"""Which providers are offered, in which order, and why one is not.

The order is the admin's, else the one in which `providers` names them. Among providers of one price, one that is well
and has a free slot comes before one that has not.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.errors import Invalid
from vannilli_app.generations import breaker, provider_queries, segment_queries
from vannilli_app.generations.dispatch import state_of
from vannilli_app.providers import VideoProvider, links_can_be_fetched, providers
from vannilli_app.words import _

ORDER, OFF = "provider_order", "providers_off"  # run settings, each a list of names


@dataclass(frozen=True)
class Offer:
    """A provider as a person sees it. `why_not` is a sentence when it is not `able`; a `crowded` one is full."""

    provider: str
    label: str
    does: str
    motion_transfer: bool
    credits_per_second: int
    able: bool
    crowded: bool = False
    why_not: str = ""


async def offers(session: AsyncSession, now: datetime) -> list[Offer]:
    """Every provider that is set up here, able or not, best first. Needs the service's role."""
    order = await provider_queries.run_setting(session, ORDER) or []
    off = await provider_queries.run_setting(session, OFF) or []
    states = {name: state_of(row) for name, row in (await provider_queries.states(session)).items()}
    taken = await segment_queries.all_at_work(session)
    found = [
        offer(one, states.get(name, breaker.State()), taken.get(name, 0), off=name in off, now=now)
        for name, one in _in_order(order).items()
    ]
    return sorted(found, key=lambda one: (not one.able, _rank(found, one)))


def offer(provider: VideoProvider, state: breaker.State, taken: int, *, off: bool, now: datetime) -> Offer:
    """How a provider is offered now, with `taken` of its slots at work. Pure but for the settings."""
    capabilities = provider.capabilities
    why_not = ""
    if off:
        why_not = f"{capabilities.label} is switched off for now."
    elif not links_can_be_fetched(provider):
        why_not = (
            f"{capabilities.label} fetches your files over the internet,"
            " and this address cannot be reached from there."
        )
    elif breaker.is_open(state, now):
        why_not = f"{capabilities.label} has trouble right now. Try again in some minutes, or choose another."
    return Offer(
        provider=provider.name,
        label=_(capabilities.label),
        does=_(capabilities.does),
        motion_transfer=capabilities.motion_transfer,
        credits_per_second=capabilities.credits_per_second,
        able=not why_not,
        crowded=taken >= capabilities.parallel_tasks,
        why_not=why_not,
    )


def choose(offered: list[Offer], name: str | None) -> Offer:
    """The provider that the person asked for, or else the best. Raises Invalid (`unknown_provider`,
    `provider_unavailable`)."""
    if name is None:
        able = [one for one in offered if one.able]
        if not able:
            raise Invalid(
                _("Nobody can make videos right now. Try again later."), code="provider_unavailable"
            )
        return able[0]
    found = next((one for one in offered if one.provider == name), None)
    if found is None:
        names = ", ".join(one.provider for one in offered)
        raise Invalid(
            _("There is no {name} here. You can choose: {names}.", name=name, names=names),
            code="unknown_provider",
        )
    if not found.able:
        raise Invalid(found.why_not, code="provider_unavailable")
    return found


def instead_of(offered: list[Offer], name: str, tried: set[str]) -> str | None:
    """The next able provider that does the same for the same price, or None."""
    before = next((one for one in offered if one.provider == name), None)
    if before is None:
        return None
    return next(
        (
            one.provider
            for one in offered
            if one.able
            and one.provider not in tried | {name}
            and one.motion_transfer == before.motion_transfer
            and one.credits_per_second == before.credits_per_second
        ),
        None,
    )


def _in_order(order: list[str]) -> dict[str, VideoProvider]:
    there = providers()
    names = [name for name in order if name in there]
    return {name: there[name] for name in [*names, *(name for name in there if name not in names)]}


def _rank(found: list[Offer], one: Offer) -> tuple[int, bool, int]:
    """By the place of the first of the same price and kind, then free slots, then its own place."""
    same = [(each.credits_per_second, each.motion_transfer) for each in found]
    place = found.index(one)
    return same.index(same[place]), one.crowded, place
