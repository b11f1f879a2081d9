"""What Stripe's library raises, in our words."""

import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import stripe

from vannilli_app.errors import Conflict, NotFound, PaymentRequired
from vannilli_app.payments.base import PaymentsUnavailable

log = logging.getLogger(__name__)


@contextmanager
def in_our_words() -> Iterator[None]:
    """Turn the library's errors into ours."""
    try:
        yield
    except stripe.CardError as error:
        words = error.user_message or "Your bank refused the payment."
        raise PaymentRequired(
            f"{words} Nothing was charged. Try another card.", code="card_refused"
        ) from error
    except stripe.IdempotencyError as error:
        raise Conflict("This key was used for another order.", code="idempotency_key_reused") from error
    except stripe.InvalidRequestError as error:
        if error.code == "resource_missing":
            raise NotFound("There is no such payment.") from error
        log.exception("Stripe refused the request %s", error.request_id)
        raise PaymentsUnavailable from error
    except (stripe.StripeError, OSError, ssl.SSLError) as error:
        log.warning("Stripe does not answer as it should: %s", error)
        raise PaymentsUnavailable from error
