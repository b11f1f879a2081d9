"""The test cards, and payment methods made of them or of a bank account."""

from dataclasses import dataclass

from tests.fakes.stripe.books import Books, Object, new_id
from tests.fakes.stripe.problems import invalid

GOOD = "4242424242424242"
DECLINES = "4000000000000002"
NO_FUNDS = "4000000000009995"
FAILS_LATER = "4000000000000341"
EMAIL = "artist@example.com"
BANK = "bank"
"""Not a card: a bank debit, whose outcome is known days later."""

_TOKENS = {
    "pm_card_visa": GOOD,
    "pm_card_chargeCustomerFail": FAILS_LATER,
    "pm_card_visa_chargeDeclined": DECLINES,
}
_MESSAGES = {
    "generic_decline": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
}


@dataclass(frozen=True)
class Decline:
    """Why a card is refused."""

    code: str
    decline_code: str
    message: str


MISSING = Decline("missing", "", "This customer has no attached payment source or default payment method.")
"""What stands for the bank's refusal when there is nothing to charge."""


def decline(number: str, *, first: bool) -> Decline | None:
    """What the bank says to a charge; `first`: the card has just been typed in."""
    if number == DECLINES or (number == FAILS_LATER and not first):
        return Decline("card_declined", "generic_decline", _MESSAGES["generic_decline"])
    if number == NO_FUNDS:
        return Decline("card_declined", "insufficient_funds", _MESSAGES["insufficient_funds"])
    return None


def is_card(number: str) -> bool:
    """Whether the digits could be a card's: length and check digit."""
    if not number.isdigit() or not 12 <= len(number) <= 19:
        return False
    digits = [int(digit) for digit in reversed(number)]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def payment_method(books: Books, now: int, number: str, *, email: str | None, customer: str | None) -> Object:
    """A new payment method, attached to the customer if there is one."""
    kind = "us_bank_account" if number == BANK else "card"
    made = books.add(
        {
            "id": new_id("pm"),
            "object": "payment_method",
            "allow_redisplay": "limited",
            "billing_details": billing_details(email),
            kind: _bank() if kind == "us_bank_account" else _card(number),
            "created": now,
            "customer": customer,
            "customer_account": None,
            "livemode": False,
            "metadata": {},
            "type": kind,
        }
    )
    books.card_numbers[made["id"]] = number
    if customer:
        books.emit("payment_method.attached", made, now)
    return made


def of_customer(books: Books, now: int, token: str, customer: str, param: str) -> Object:
    """The payment method that a call names, or a new one of a test token as `pm_card_visa`; attached to the customer.
    Raises Problem."""
    if token in _TOKENS:
        return payment_method(books, now, _TOKENS[token], email=None, customer=customer)
    found = books.get("payment_method", token, param)
    if found["customer"] not in (None, customer):
        raise invalid("The payment method belongs to another customer.", param)
    if found["customer"] is None:
        books.change(found, "payment_method.attached", now, customer=customer)
    return found


def billing_details(email: str | None) -> Object:
    address = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    return {"address": address, "email": email, "name": None, "phone": None, "tax_id": None}


def _card(number: str) -> Object:
    return {
        "brand": "visa",
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "US",
        "display_brand": "visa",
        "exp_month": 12,
        "exp_year": 2034,
        "fingerprint": f"fp{number[:4]}{number[-4:]}",
        "funding": "credit",
        "generated_from": None,
        "last4": number[-4:],
        "networks": {"available": ["visa"], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def _bank() -> Object:
    return {
        "account_holder_type": "individual",
        "account_type": "checking",
        "bank_name": "FAKE BANK",
        "financial_connections_account": None,
        "fingerprint": "fpbank",
        "last4": "6789",
        "networks": {"preferred": "ach", "supported": ["ach"]},
        "routing_number": "110000000",
        "status_details": {},
    }
