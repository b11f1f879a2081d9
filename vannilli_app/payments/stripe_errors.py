"""What Stripe's library raises, in our words."""

import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import stripe

from vannilli_app.errors import Conflict, NotFound, PaymentRequired
from vannilli_app.payments.base import PaymentsUnavailable
from vannilli_app.words import _

log = logging.getLogger(__name__)


@contextmanager
def in_our_words() -> Iterator[None]:
    """Turn the library's errors into ours."""
    try:
        yield
    except stripe.CardError as error:
        words = error.user_message or _("Your bank refused the payment.")
        raise PaymentRequired(
            _("{reason} Nothing was charged. Try another card.", reason=words), code="card_refused"
        ) from error
    except stripe.IdempotencyError as error:
        raise Conflict(_("This key was used for another order."), code="idempotency_key_reused") from error
    except stripe.InvalidRequestError as error:
        if error.code == "resource_missing":
            raise NotFound(_("There is no such payment.")) from error
        log.exception("Stripe refused the request %s", error.request_id)
        raise PaymentsUnavailable from error
    except (stripe.StripeError, OSError, ssl.SSLError) as error:
        log.warning("Stripe does not answer as it should: %s", error)
        raise PaymentsUnavailable from error
