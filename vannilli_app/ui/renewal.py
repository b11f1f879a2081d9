"""A page's states as they were before its first event: nothing of one person, or in one language, stays for another."""

from collections.abc import Iterator

import reflex as rx


async def renew(state: rx.State) -> None:
    """Every state of the page that `state` belongs to, made anew."""
    for part in _parts(rx.State):  # `reset` knows only what is loaded
        await state.get_state(part)
    root = await state.get_state(rx.State)
    hydrated = root.is_hydrated
    root.reset()
    root.is_hydrated = hydrated


def _parts(whole: type[rx.State]) -> Iterator[type[rx.State]]:
    for part in whole.get_substates():
        yield part
        yield from _parts(part)
