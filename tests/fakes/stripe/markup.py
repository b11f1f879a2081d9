"""The HTML of the fake's pages. They say that they are a fake, work without scripts, and label each field."""

from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from tests.fakes.stripe.books import Object
from tests.fakes.stripe.cards import BANK, DECLINES, FAILS_LATER, GOOD, NO_FUNDS
from tests.fakes.stripe.problems import Problem

_STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 36rem; padding: 1rem; }
.fake { border: 2px dashed; padding: .5rem .75rem; font-weight: 600; }
.wrong { border-left: 4px solid #c62828; padding: .25rem .75rem; }
label { display: block; margin: 1rem 0 .25rem; }
input[type=text], input[type=email], select { box-sizing: border-box; font: inherit; padding: .5rem; width: 100%; }
button, .button { display: inline-block; font: inherit; margin: 1rem .5rem 0 0; padding: .75rem 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #8888; padding: .5rem 0; text-align: left; }
td:last-child, th:last-child { text-align: right; }
"""


@dataclass(frozen=True)
class Portal:
    """What a portal page shows. `names` are the products' by id, `last4` the card's digits or empty."""

    session: Object
    features: Object
    subscriptions: list[Object]
    invoices: list[Object]
    offered: list[Object]
    names: dict[str, str]
    last4: str


def checkout(session: Object, items: list[Object], problem: Problem | None, form: dict[str, str]) -> str:
    rows = "".join(
        f"<tr><td>{escape(item['description'])} x {item['quantity']}</td>"
        f"<td>{_price(item['price'], item['amount_total'])}</td></tr>"
        for item in items
    )
    known = (session["customer_details"] or {}).get("email") or ""
    email = escape(known or form.get("email", ""))
    back = (
        f'<a class="button" href="{escape(session["cancel_url"])}">Back</a>' if session["cancel_url"] else ""
    )
    word = "Subscribe" if session["mode"] == "subscription" else "Pay"
    return _page(
        "Checkout",
        f"""
{_wrong(problem)}
<table><caption>What you buy</caption><thead><tr><th>Item</th><th>Price</th></tr></thead><tbody>{rows}</tbody>
<tfoot><tr><th>Total today</th><th>{_money(session["amount_total"], session["currency"])}</th></tr></tfoot></table>
<form method="post">
<label for="email">Email</label>
<input id="email" name="email" type="email" autocomplete="email" required value="{email}" {"readonly" if known else ""}>
<fieldset><legend>How to pay</legend>
<label><input type="radio" name="method" value="card" checked> Card</label>
<label><input type="radio" name="method" value="{BANK}"> Bank debit (the outcome comes later)</label>
</fieldset>
<label for="card">Card number</label>
<input id="card" name="card" type="text" inputmode="numeric" autocomplete="cc-number" aria-describedby="cards"
 value="{escape(form.get("card", GOOD))}">
{_card_help()}
<button type="submit">{word} {_money(session["amount_total"], session["currency"])}</button>{back}
</form>""",
    )


def portal(view: Portal, problem: Problem | None) -> str:
    back = view.session["return_url"]
    plans = "".join(_plan(view, one) for one in view.subscriptions) or "<p>There is no plan.</p>"
    card = ""
    if view.features["payment_method_update"]["enabled"]:
        card = f"""<h2>Card</h2><p>{f"Now: ends in {escape(view.last4)}" if view.last4 else "There is none."}</p>
<form method="post" action="{_path(view, "card")}"><label for="card">New card number</label>
<input id="card" name="card" type="text" inputmode="numeric" autocomplete="cc-number" aria-describedby="cards"
 value="{GOOD}">{_card_help()}<button type="submit">Change card</button></form>"""
    history = _invoices(view) if view.features["invoice_history"]["enabled"] else ""
    link = f'<p><a class="button" href="{escape(back)}">Return</a></p>' if back else ""
    return _page("Billing", f"{_wrong(problem)}<h2>Plan</h2>{plans}{card}{history}{link}")


def invoice(found: Object) -> str:
    rows = "".join(
        f"<tr><td>{escape(line['description'])}</td><td>{_money(line['amount'], line['currency'])}</td></tr>"
        for line in found["lines"]["data"]
    )
    currency = found["currency"]
    sums = {"Total": found["total"], "Paid": found["amount_paid"], "Due": found["amount_remaining"]}
    foot = "".join(
        f"<tr><th>{name}</th><th>{_money(cents, currency)}</th></tr>" for name, cents in sums.items()
    )
    return _page(
        f"Invoice {escape(found['number'] or '')}",
        f"<p>{_day(found['created'])}, {escape(found['status'])}</p><table>"
        f"<thead><tr><th>Item</th><th>Amount</th></tr></thead><tbody>{rows}</tbody><tfoot>{foot}</tfoot></table>",
    )


def receipt(charge: Object) -> str:
    refunded = ""
    if charge["amount_refunded"]:
        refunded = f" Given back: {_money(charge['amount_refunded'], charge['currency'])}."
    paid = _money(charge["amount"], charge["currency"])
    return _page(
        "Receipt", f"<p>{paid} on {_day(charge['created'])}, {escape(charge['status'])}.{refunded}</p>"
    )


def over(words: str, back: str) -> str:
    link = f'<a class="button" href="{escape(back)}">Back</a>' if back else ""
    return _page("Over", f"<p>{escape(words)}</p>{link}")


def _plan(view: Portal, subscription: Object) -> str:
    item = subscription["items"]["data"][0]
    hidden = f'<input type="hidden" name="subscription" value="{escape(subscription["id"])}">'
    price = item["price"]
    end = _day(subscription["cancel_at"] or item["current_period_end"])
    says = f"Ends on {end}." if subscription["cancel_at"] else f"Renews on {end}."
    if subscription["status"] != "active":
        says = f"{subscription['status'].replace('_', ' ').capitalize()}. {says}"
    buttons = ""
    if subscription["cancel_at"]:
        buttons = _button(_path(view, "resume"), hidden, "Keep the plan")
    elif view.features["subscription_cancel"]["enabled"]:
        buttons = _button(_path(view, "cancel"), hidden, "Cancel the plan")
    if view.features["subscription_update"]["enabled"]:
        name = f"price-{escape(subscription['id'])}"
        options = "".join(
            f'<option value="{escape(one["id"])}">{_offer(view, one)}</option>'
            for one in view.offered
            if one["id"] != price["id"]
        )
        choice = f'{hidden}<label for="{name}">Another plan</label><select id="{name}" name="price">{options}</select>'
        buttons += _button(_path(view, "switch"), choice, "Switch plan")
    return f"<p><strong>{_offer(view, price)}</strong><br>{says}</p>{buttons}"


def _invoices(view: Portal) -> str:
    rows = ""
    for one in view.invoices:
        total = _money(one["total"], one["currency"])
        pay = ""
        if one["status"] == "open":
            hidden = f'<input type="hidden" name="invoice" value="{escape(one["id"])}">'
            pay = _button(_path(view, "pay"), hidden, f"Pay {total}")
        rows += (
            f"<tr><td>{_day(one['created'])}</td><td>{escape(one['status'])}{pay}</td><td>{total}</td></tr>"
        )
    head = "<tr><th>Date</th><th>Status</th><th>Amount</th></tr>"
    return f"<h2>Invoices</h2><table><thead>{head}</thead><tbody>{rows}</tbody></table>"


def _page(title: str, body: str) -> str:
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<link rel="icon" href="data:,"><title>{title} (fake Stripe)</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>
<body><main><p class="fake">This is a fake of Stripe. No money moves.</p><h1>{title}</h1>{body}</main></body></html>"""


def _button(action: str, fields: str, label: str) -> str:
    return f'<form method="post" action="{action}">{fields}<button type="submit">{label}</button></form>'


def _card_help() -> str:
    return (
        f'<p id="cards">{GOOD} pays, {DECLINES} is declined, {NO_FUNDS} has no funds, '
        f"{FAILS_LATER} pays now and fails at every later charge.</p>"
    )


def _wrong(problem: Problem | None) -> str:
    return f'<p class="wrong" role="alert">{escape(str(problem))}</p>' if problem else ""


def _path(view: Portal, action: str) -> str:
    return f"/p/session/{escape(view.session['id'])}/{action}"


def _offer(view: Portal, price: Object) -> str:
    return f"{escape(view.names[price['product']])}: {_price(price, price['unit_amount'])}"


def _price(price: Object, amount: int) -> str:
    each = f" / {price['recurring']['interval']}" if price["recurring"] else ""
    return _money(amount, price["currency"]) + each


def _money(cents: int, currency: str) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) / 100:.2f} {currency.upper()}"


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%-d %B %Y")
