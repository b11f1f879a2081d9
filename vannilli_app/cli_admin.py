"""`vannilli admin`: who may open /admin. Nobody gives themselves the role over the web."""

import asyncio

import typer

from vannilli_app.cli_database import as_the_service, database_url
from vannilli_app.cli_words import Json, show
from vannilli_app.errors import NotFound

admin_app = typer.Typer(help="Who may open /admin.", no_args_is_help=True)


@admin_app.command()
def grant(email: str, as_json: Json = False) -> None:
    """Make the account of EMAIL an admin."""
    _set(email, "admin", as_json)


@admin_app.command()
def revoke(email: str, as_json: Json = False) -> None:
    """Make the account of EMAIL an artist like everybody else."""
    _set(email, "artist", as_json)


def _set(email: str, role: str, as_json: bool) -> None:
    with database_url() as url:
        asyncio.run(_change(url, email, role))
    show(
        {"email": email, "role": role},
        f"{email} is {'an admin' if role == 'admin' else 'an artist'} now.",
        as_json,
    )


async def _change(url: str, email: str, role: str) -> None:
    from sqlmodel import col, update

    from vannilli_app.accounts import audit, queries
    from vannilli_app.accounts.schemas import Client, known_email
    from vannilli_app.models import User

    async with as_the_service(url) as session:
        account = await queries.credentials(session, known_email(email))
        if account is None:
            raise NotFound(f"Nobody has an account as {email}. Check the address.")
        await session.exec(update(User).where(col(User.id) == account.user_id).values(role=role))
        audit.record(
            session,
            "admin_granted" if role == "admin" else "admin_revoked",
            user_id=account.user_id,
            resource_type="user",
            resource_id=account.user_id,
            client=Client(),
        )
