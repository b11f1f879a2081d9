"""Webhooks: events on their way to the endpoints, signed, tried again, and sometimes astray.

Threads of their own carry them, so it does not matter which thread or event loop something happens in.
"""

import hmac
import json
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx

from tests.fakes.faults import Fault, Faults
from tests.fakes.stripe import endpoints
from tests.fakes.stripe.books import Books, Object, new_id

STALE_SECONDS = 600
PATHS = {
    "checkout.session": "/v1/checkout/sessions",
    "test_helpers.test_clock": "/v1/test_helpers/test_clocks",
    "billing_portal.session": "/v1/billing_portal/sessions",
    "billing_portal.configuration": "/v1/billing_portal/configurations",
}


@dataclass(frozen=True)
class Delivery:
    """One attempt. `status` is what the endpoint answered, None when it could not be reached."""

    event_id: str
    event_type: str
    url: str
    status: int | None
    body: bytes
    headers: dict[str, str]


@dataclass
class Deliveries:
    """`parallel` is how many go out at once: with one, they arrive in order. `retry_seconds` are the pauses after
    answers other than 2xx; then an event is given up. `thin`: send notifications of API v2, which name the object."""

    books: Books
    faults: Faults
    parallel: int = 1
    retry_seconds: tuple[float, ...] = (0.1, 0.3, 1.0)
    thin: bool = False
    sent: list[Delivery] = field(default_factory=list)
    held: list[Callable[[], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None
        self._http: httpx.Client | None = None
        self._timers: set[threading.Timer] = set()
        self._pending = 0
        self._is_closed = False
        self._changed = threading.Condition()

    def tell(self, event: Object) -> None:
        """Send an event to every endpoint that wants it."""
        wanting = endpoints.listening(self.books, event["type"])
        event["pending_webhooks"] = len(wanting)
        for endpoint in wanting:
            fault = self.faults.take("callback")
            match fault.what if fault else None:
                case None:
                    self._send(event, endpoint)
                case "lost":
                    pass
                case "doubled":
                    self._send(event, endpoint)
                    self._send(event, endpoint)
                case "late" | "slow":
                    self._later(fault.seconds if fault else 0, partial(self._send, event, endpoint))
                case "shuffle":
                    self.held.append(partial(self._send, event, endpoint))
                case "forged" | "stale":
                    self._send(event, endpoint, fault)
                case _:
                    raise ValueError(f"a webhook cannot meet {fault}")

    def again(self, event: Object) -> None:
        """Send an event once more, as the button in Stripe's dashboard does."""
        for endpoint in endpoints.listening(self.books, event["type"]):
            self._send(event, endpoint)

    def release(self, seed: int = 1) -> None:
        """Send what was held back, in another order than it happened."""
        held, self.held = self.held, []
        before = list(held)
        while len(held) > 1 and held == before:
            random.Random(seed).shuffle(held)
            seed += 1
        for send in held:
            send()

    def wait(self, timeout: float = 20.0) -> None:
        """Until every webhook has gone out, or was given up. Raises TimeoutError after `timeout` seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._pending == 0, timeout):
                raise TimeoutError(f"{self._pending} webhooks are still on their way")

    def close(self) -> None:
        """Give up what is still on its way, for good."""
        with self._changed:
            self._is_closed = True
        for timer in list(self._timers):
            timer.cancel()
        if self._pool and self._http:
            self._pool.shutdown(cancel_futures=True)
            self._http.close()
        self._pool = self._http = None

    def _send(self, event: Object, endpoint: Object, fault: Fault | None = None, tries: int = 0) -> None:
        body = json.dumps(thin(event) if self.thin else event, indent=2).encode()
        with self._changed:
            if self._is_closed:
                return
            self._pending += 1
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self.parallel, "stripe-webhook")
                self._http = httpx.Client(timeout=10, trust_env=False)
            self._pool.submit(self._attempt, event, endpoint, body, fault, tries)

    def _attempt(self, event: Object, endpoint: Object, body: bytes, fault: Fault | None, tries: int) -> None:
        what = fault.what if fault else None
        secret = self.books.endpoint_secrets[endpoint["id"]] if what != "forged" else new_id("whsec", 32)
        headers = {
            "content-type": "application/json; charset=utf-8",
            "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "stripe-signature": signature(secret, body, time.time() - STALE_SECONDS * (what == "stale")),
        }
        status = None
        try:
            assert self._http, "open while something is sent"
            status = self._http.post(endpoint["url"], content=body, headers=headers).status_code
        except httpx.HTTPError:
            pass
        finally:
            self.sent.append(Delivery(event["id"], event["type"], endpoint["url"], status, body, headers))
            if status is not None and 200 <= status < 300:
                event["pending_webhooks"] = max(event["pending_webhooks"] - 1, 0)
            elif fault is None and tries < len(self.retry_seconds):
                self._later(self.retry_seconds[tries], partial(self._send, event, endpoint, None, tries + 1))
            self._done()

    def _later(self, seconds: float, do: Callable[[], None]) -> None:
        def now() -> None:
            self._timers.discard(timer)
            do()
            self._done()

        timer = threading.Timer(seconds, now)
        timer.daemon = True
        with self._changed:
            if self._is_closed:
                return
            self._pending += 1
            self._timers.add(timer)
        timer.start()

    def _done(self) -> None:
        with self._changed:
            self._pending -= 1
            self._changed.notify_all()


def thin(event: Object) -> Object:
    """The notification of API v2 for an event: which object, and not how it is."""
    thing = event["data"]["object"]
    request = event["request"]
    reason = {"type": "request", "request": request} if request["id"] else None
    return {
        "id": event["id"],
        "object": "v2.core.event",
        "context": None,
        "created": datetime.fromtimestamp(event["created"], UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "livemode": False,
        "reason": reason,
        "related_object": {"id": thing["id"], "type": thing["object"], "url": _path(thing)},
        "snapshot_event": event["id"],
        "type": f"v1.{event['type']}",
    }


def signature(secret: str, body: bytes, at: float) -> str:
    """The value of `Stripe-Signature`, signed at that time."""
    signed = f"{int(at)}.".encode() + body
    return f"t={int(at)},v1={hmac.new(secret.encode(), signed, 'sha256').hexdigest()}"


def _path(thing: dict[str, Any]) -> str:
    folder = PATHS.get(thing["object"], f"/v1/{thing['object']}s")
    return f"{folder}/{thing['id']}"
