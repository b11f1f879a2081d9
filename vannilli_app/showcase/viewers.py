"""Who watches or reports, as digests: enough to count a person once, too little to know them."""

import hashlib
import hmac
import re
from datetime import date
from ipaddress import IPv6Address, ip_network
from uuid import UUID

from vannilli_app.accounts.schemas import Client
from vannilli_app.config import settings

# Programs that fetch pages, by what they call themselves; whoever calls itself nothing is one too.
_MACHINE = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|scrape|headless|lighthouse|facebookexternalhit|embedly"
    r"|curl|wget|python|httpx|aiohttp|okhttp|java/|go-http|node",
    re.IGNORECASE,
)


def is_machine(client: Client) -> bool:
    """Whether a request says that no person is behind it."""
    return not client.user_agent or bool(_MACHINE.search(client.user_agent))


def watching(user_id: UUID | None, client: Client, day: date) -> list[str]:
    """The digests of a viewer: of their account where they have one, and of their address. Other ones every day."""
    accounts = [f"account:{user_id}"] if user_id else []
    return [_digest(f"watch:{day}:{one}") for one in [*accounts, *_addresses(client)]]


def reporting(user_id: UUID | None, client: Client) -> str:
    """The digest of a reporter: of their account, else of their address."""
    known = [f"account:{user_id}"] if user_id else _addresses(client)
    return _digest(f"report:{known[0] if known else 'nobody'}")


def _addresses(client: Client) -> list[str]:
    """The address; of IPv6 the network that one household has."""
    if client.ip is None:
        return []
    network = ip_network((client.ip, 64), strict=False) if isinstance(client.ip, IPv6Address) else client.ip
    return [f"address:{network}"]


def _digest(text: str) -> str:
    return hmac.digest(settings().signing_key(), f"vannilli viewer v1 {text}".encode(), hashlib.sha256).hex()
