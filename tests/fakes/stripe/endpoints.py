"""Webhook endpoints: where events go."""

from fnmatch import fnmatch
from urllib.parse import urlsplit

from tests.fakes.stripe.books import API_VERSION, Books, Object, new_id
from tests.fakes.stripe.parameters import Parameters, merged
from tests.fakes.stripe.problems import invalid


def create(books: Books, asked: Parameters) -> Object:
    """The answer to this call alone shows the secret."""
    _check_url(asked["url"])
    endpoint_id = new_id("we")
    made = books.add(
        {
            "id": endpoint_id,
            "object": "webhook_endpoint",
            "api_version": asked.get("api_version", API_VERSION),
            "application": None,
            "created": books.now(),
            "description": asked.get("description") or None,
            "enabled_events": asked["enabled_events"],
            "livemode": False,
            "metadata": merged({}, asked.get("metadata", {})),
            "status": "enabled",
            "url": asked["url"],
        }
    )
    books.endpoint_secrets[endpoint_id] = new_id("whsec", 32)
    return made | {"secret": books.endpoint_secrets[endpoint_id]}


def update(books: Books, endpoint_id: str, asked: Parameters) -> Object:
    endpoint = books.get("webhook_endpoint", endpoint_id)
    changes: Object = {
        name: asked[name] for name in ("url", "enabled_events", "description") if name in asked
    }
    if "url" in changes:
        _check_url(changes["url"])
    if "metadata" in asked:
        changes["metadata"] = merged(endpoint["metadata"], asked["metadata"])
    if "disabled" in asked:
        changes["status"] = "disabled" if asked["disabled"] else "enabled"
    endpoint.update(changes)
    return endpoint


def delete(books: Books, endpoint_id: str) -> Object:
    books.get("webhook_endpoint", endpoint_id)
    del books.tables["webhook_endpoint"][endpoint_id]
    return {"id": endpoint_id, "object": "webhook_endpoint", "deleted": True}


def events_with(books: Books, asked: Parameters) -> list[Object]:
    """The events that a list call filters; a type may be `invoice.*`."""
    types = [*asked.get("types", []), *([asked["type"]] if "type" in asked else [])]
    return [
        one
        for one in books.all("event")
        if not types or any(fnmatch(one["type"], wanted) for wanted in types)
    ]


def listening(books: Books, event_type: str) -> list[Object]:
    """The endpoints that want events of this type."""
    return [
        endpoint
        for endpoint in books.all("webhook_endpoint", status="enabled")
        if {"*", event_type} & set(endpoint["enabled_events"])
    ]


def _check_url(url: str) -> None:
    if urlsplit(url).scheme not in ("http", "https"):
        raise invalid(
            "Invalid URL: An explicit scheme (such as https) must be provided.", "url", "url_invalid"
        )
