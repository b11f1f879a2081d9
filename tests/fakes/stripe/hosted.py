"""The pages that people see at Stripe: checkout and billing portal as plain forms, invoices and receipts."""

from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.fakes.stripe import cards, checkout, markup, portal
from tests.fakes.stripe.books import Books, Object
from tests.fakes.stripe.problems import Problem


def pages(books: Books, guarded: Any) -> list[Route]:
    """`guarded` is held while a page reads or changes the books."""

    async def show_checkout(request: Request) -> Response:
        with guarded():
            return _checkout(books, request.path_params["id"])

    async def pay(request: Request) -> Response:
        form = await _form(request)
        number = cards.BANK if form.get("method") == cards.BANK else form.get("card", "").replace(" ", "")
        with guarded():
            try:
                session = checkout.pay(books, request.path_params["id"], number, form.get("email", ""))
            except Problem as problem:
                return _checkout(books, request.path_params["id"], problem, form)
        return _redirect(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]))

    async def show_portal(request: Request) -> Response:
        with guarded():
            return _portal(books, request.path_params["id"])

    async def act(request: Request) -> Response:
        form, session_id = await _form(request), request.path_params["id"]
        with guarded():
            try:
                _act(books, session_id, request.path_params["action"], form)
            except Problem as problem:
                return _portal(books, session_id, problem)
        return _redirect(f"/p/session/{session_id}?done={request.path_params['action']}")

    async def show_invoice(request: Request) -> Response:
        with guarded():
            found = books.tables["invoice"].get(request.path_params["id"])
            if found is None:
                return HTMLResponse(markup.over("There is no such invoice.", ""), 404)
            return HTMLResponse(markup.invoice(found))

    async def show_receipt(request: Request) -> Response:
        with guarded():
            found = books.tables["charge"].get(request.path_params["id"])
            if found is None:
                return HTMLResponse(markup.over("There is no such receipt.", ""), 404)
            return HTMLResponse(markup.receipt(found))

    return [
        Route("/i/{id}", show_invoice, methods=["GET"]),
        Route("/i/{id}/pdf", show_invoice, methods=["GET"]),
        Route("/receipts/{id}", show_receipt, methods=["GET"]),
        Route("/c/pay/{id}", show_checkout, methods=["GET"]),
        Route("/c/pay/{id}", pay, methods=["POST"]),
        Route("/p/session/{id}", show_portal, methods=["GET"]),
        Route("/p/session/{id}/{action}", act, methods=["POST"]),
    ]


def _checkout(
    books: Books, session_id: str, problem: Problem | None = None, form: dict[str, str] | None = None
) -> Response:
    session = books.tables["checkout.session"].get(session_id)
    if session is None:
        return HTMLResponse(markup.over("There is no such checkout.", ""), 404)
    if session["status"] != "open":
        done = {"complete": "This has been paid.", "expired": "This checkout has expired."}
        return HTMLResponse(markup.over(done[session["status"]], session["cancel_url"] or ""), 410)
    page = markup.checkout(session, books.line_items[session_id], problem, form or {})
    return HTMLResponse(page, 402 if problem else 200)


def _portal(books: Books, session_id: str, problem: Problem | None = None) -> Response:
    session = books.tables[portal.SESSION].get(session_id)
    if session is None:
        return HTMLResponse(markup.over("There is no such session.", ""), 404)
    features = portal.features_of(books, session)
    offered = [books.get("price", price) for price in portal.prices_offered(features["subscription_update"])]
    names = {one["id"]: one["name"] for one in books.all("product")}
    view = markup.Portal(
        session,
        features,
        portal.subscriptions_of(books, session),
        portal.invoices_of(books, session),
        offered,
        names,
        _card(books, session),
    )
    return HTMLResponse(markup.portal(view, problem), 402 if problem else 200)


def _act(books: Books, session_id: str, action: str, form: dict[str, str]) -> None:
    """Do what a button of the portal says. Raises Problem."""
    plan = form.get("subscription", "")
    match action:
        case "cancel":
            portal.cancel(books, session_id, plan)
        case "resume":
            portal.resume(books, session_id, plan)
        case "switch":
            portal.switch(books, session_id, plan, form.get("price", ""))
        case "card":
            portal.change_card(books, session_id, form.get("card", "").replace(" ", ""))
        case "pay":
            portal.pay(books, session_id, form.get("invoice", ""))
        case _:
            raise Problem("There is no such button.")


def _card(books: Books, session: Object) -> str:
    """The last digits of what the customer pays with."""
    chosen = books.get("customer", session["customer"])["invoice_settings"]["default_payment_method"]
    for subscription in portal.subscriptions_of(books, session):
        chosen = subscription["default_payment_method"] or chosen
    method = books.tables["payment_method"].get(chosen or "")
    return str(method[method["type"]]["last4"]) if method else ""


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))


def _redirect(url: str) -> Response:
    return RedirectResponse(url, 303)
