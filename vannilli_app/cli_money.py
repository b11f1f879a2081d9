"""`vannilli credits` and `vannilli stripe`: an operator's hand on the ledger and on Stripe."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

import typer

from vannilli_app.cli_database import as_the_service, database_url, this_process_has_a_database
from vannilli_app.cli_words import Json, show
from vannilli_app.config import settings
from vannilli_app.errors import Invalid, NotFound

credits_app = typer.Typer(help="The credits of an account.", no_args_is_help=True)
stripe_app = typer.Typer(help="Prices, webhook and portal at Stripe, and its events.", no_args_is_help=True)
Amount = Annotated[int, typer.Argument(min=1, metavar="N")]
Reason = Annotated[str, typer.Option(help="Why; it stands in the ledger.")]


@credits_app.command()
def grant(email: str, amount: Amount, reason: Reason, as_json: Json = False) -> None:
    """Give N credits to the account of EMAIL."""
    _adjust(email, amount, reason, as_json)


@credits_app.command()
def take(email: str, amount: Amount, reason: Reason, as_json: Json = False) -> None:
    """Take N available credits from the account of EMAIL."""
    _adjust(email, -amount, reason, as_json)


@stripe_app.command()
def setup(as_json: Json = False) -> None:
    """Make prices, webhook and portal at Stripe, or mend what differs. A second run changes nothing."""
    from vannilli_app.payments import payments
    from vannilli_app.payments.stripe_ import StripePayments
    from vannilli_app.payments.stripe_setup import set_up

    service = payments()
    if not isinstance(service, StripePayments):
        raise Invalid("Set STRIPE_SECRET_KEY to the secret key of your Stripe account.")
    result = asyncio.run(set_up(service.client, settings().base_url))
    lines = result.done or ["Everything is there already."]
    if result.webhook_secret:
        lines.append(f"Set STRIPE_WEBHOOK_SECRET to {result.webhook_secret}: it is shown this once.")
    show({"done": result.done, "webhook_secret": result.webhook_secret}, "\n".join(lines), as_json)


@stripe_app.command()
def events(as_json: Json = False) -> None:
    """Events that are not handled: what, since when, and why."""
    with database_url() as url:
        found = asyncio.run(_events(url))
    lines = [f"{one['id']}  {one['type']}  {one['received_at']}  {one['error'] or ''}" for one in found]
    show({"events": found}, "\n".join(lines) or "Every event is handled.", as_json)


@stripe_app.command()
def replay(event: str, as_json: Json = False) -> None:
    """Handle the stored event EVENT once more."""
    from vannilli_app.billing.events import replay as again

    with this_process_has_a_database():
        status = asyncio.run(again(event, datetime.now(UTC)))
    show({"event": event, "status": status}, f"{event} is {status}.", as_json)


@stripe_app.command()
def reconcile(as_json: Json = False) -> None:
    """Compare the ledger with Stripe now: book what was missed, and say what differs."""
    from vannilli_app.billing.reconcile import compare

    with this_process_has_a_database():
        found = asyncio.run(compare(datetime.now(UTC)))
    lines = [f"{found.facts} facts looked at."]
    lines += [f"Booked {one}." for one in found.repaired] + found.differences
    values = {"facts": found.facts, "repaired": found.repaired, "differences": found.differences}
    show(values, "\n".join(lines), as_json)


def _adjust(email: str, amount: int, reason: str, as_json: bool) -> None:
    with database_url() as url:
        balance = asyncio.run(_adjusted(url, email, amount, reason))
    found = {"email": email, "granted": amount, "credits_remaining": balance}
    show(found, f"{email} has {balance} credits.", as_json)


async def _adjusted(url: str, email: str, amount: int, reason: str) -> int:
    from vannilli_app.accounts import audit, queries
    from vannilli_app.accounts.schemas import Client, known_email
    from vannilli_app.billing import service

    async with as_the_service(url) as session:
        account = await queries.credentials(session, known_email(email))
        if account is None:
            raise NotFound(f"Nobody has an account as {email}. Check the address.")
        user_id, reference = account.user_id, f"admin:{uuid4()}"
        balance = await service.adjust(
            session, user_id=user_id, amount=amount, reference=reference, reason=reason, now=datetime.now(UTC)
        )
        audit.record(
            session,
            "credits_granted" if amount > 0 else "credits_taken",
            user_id=user_id,
            resource_type="user",
            resource_id=user_id,
            client=Client(),
            amount=amount,
            reason=reason,
            reference=reference,
        )
        return balance


async def _events(url: str) -> list[dict[str, str | None]]:
    from vannilli_app.billing import events

    async with as_the_service(url) as session:
        return [
            {
                "id": one.id,
                "type": one.type,
                "status": one.status,
                "received_at": one.received_at.isoformat(timespec="seconds"),
                "error": one.error,
            }
            for one in await events.failed(session)
        ]
