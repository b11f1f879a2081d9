"""The calls of the API that the fake speaks: method, path, the library's name for the parameters, and what is done."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.fakes.stripe import (
    answers,
    catalogue,
    changes,
    checkout,
    customers,
    endpoints,
    pauses,
    portal,
    reversals,
    testclocks,
)
from tests.fakes.stripe.books import Books, Object
from tests.fakes.stripe.parameters import Parameters

Do = Callable[[Books, str, Parameters], Object]


@dataclass(frozen=True)
class Operation:
    """`path` may hold `{id}`. Parameters that Stripe has and `supported` lacks are refused."""

    method: str
    path: str
    shape: str
    do: Do
    supported: frozenset[str]


def operations() -> list[Operation]:
    return [*_shop(), *_checkout(), *_money(), *_billing(), *_settings()]


def _shop() -> list[Operation]:
    customer = (
        "address balance description email invoice_settings.default_payment_method metadata name phone "
        "preferred_locales"
    )
    product = "active description images marketing_features metadata name statement_descriptor tax_code unit_label url"
    price = "active lookup_key metadata nickname tax_behavior transfer_lookup_key"
    new_price = f"{price} currency product recurring.interval recurring.interval_count recurring.usage_type unit_amount"
    return [
        _create(
            "customers", "CustomerCreateParams", customers.create, f"{customer} payment_method test_clock"
        ),
        _op("GET", "customers/{id}", "", lambda b, i, _: customers.retrieve(b, i)),
        _op("POST", "customers/{id}", "CustomerUpdateParams", customers.update, customer),
        _op("DELETE", "customers/{id}", "", lambda b, i, _: customers.delete(b, i)),
        _listing("customers", "CustomerListParams", "customer", "email test_clock"),
        _create("products", "ProductCreateParams", catalogue.create_product, f"{product} id"),
        _retrieve("products", "product"),
        _op(
            "POST",
            "products/{id}",
            "ProductUpdateParams",
            catalogue.update_product,
            f"{product} default_price",
        ),
        _listing(
            "products", "ProductListParams", "product", "active", also="ids", find=catalogue.products_with
        ),
        _create("prices", "PriceCreateParams", catalogue.create_price, new_price),
        _retrieve("prices", "price"),
        _op("POST", "prices/{id}", "PriceUpdateParams", catalogue.update_price, price),
        _listing(
            "prices",
            "PriceListParams",
            "price",
            "active currency product type",
            also="lookup_keys",
            find=catalogue.prices_with,
        ),
        _retrieve("payment_methods", "payment_method"),
        _listing("payment_methods", "PaymentMethodListParams", "payment_method", "customer type"),
    ]


def _checkout() -> list[Operation]:
    new = (
        "allow_promotion_codes allowed_payment_method_types billing_address_collection cancel_url client_reference_id "
        "customer customer_creation customer_email expires_at line_items.price line_items.quantity "
        "line_items.adjustable_quantity locale metadata mode origin_context payment_method_collection submit_type "
        "payment_intent_data.description payment_intent_data.metadata payment_intent_data.receipt_email "
        "payment_intent_data.setup_future_usage subscription_data.description subscription_data.metadata success_url "
        "ui_mode"
    )
    path, kind = "checkout/sessions", "checkout.session"
    return [
        _create(path, "checkout.SessionCreateParams", checkout.create, new),
        _retrieve(path, kind),
        _listing(path, "checkout.SessionListParams", kind, "customer payment_intent status subscription"),
        _op(
            "POST",
            f"{path}/{{id}}/expire",
            "checkout.SessionExpireParams",
            lambda b, i, _: checkout.expire(b, i),
        ),
        _op(
            "GET",
            f"{path}/{{id}}/line_items",
            "checkout.SessionListLineItemsParams",
            lambda b, i, _: checkout.line_items(b, i),
            "limit starting_after ending_before",
        ),
    ]


def _money() -> list[Operation]:
    by_charge = "charge payment_intent"
    return [
        _retrieve("payment_intents", "payment_intent"),
        _listing("payment_intents", "PaymentIntentListParams", "payment_intent", "customer"),
        _retrieve("charges", "charge"),
        _listing("charges", "ChargeListParams", "charge", "customer payment_intent"),
        _create(
            "refunds", "RefundCreateParams", reversals.create_refund, f"{by_charge} amount reason metadata"
        ),
        _retrieve("refunds", "refund"),
        _listing("refunds", "RefundListParams", "refund", by_charge),
        _retrieve("disputes", "dispute"),
        _listing("disputes", "DisputeListParams", "dispute", by_charge),
        _op(
            "POST",
            "disputes/{id}",
            "DisputeUpdateParams",
            reversals.update_dispute,
            "evidence metadata submit",
        ),
        _op(
            "POST",
            "disputes/{id}/close",
            "DisputeCloseParams",
            lambda b, i, _: reversals.close_dispute(b, i, won=False),
        ),
    ]


def _billing() -> list[Operation]:
    change = (
        "cancel_at cancel_at_period_end cancellation_details default_payment_method description items.id items.price "
        "items.quantity items.deleted items.metadata metadata "
        "pause_collection payment_behavior proration_behavior proration_date"
    )
    return [
        _retrieve("subscriptions", "subscription"),
        _listing(
            "subscriptions",
            "SubscriptionListParams",
            "subscription",
            "customer test_clock",
            also="status price",
            find=changes.subscriptions_with,
        ),
        _op("POST", "subscriptions/{id}", "SubscriptionUpdateParams", changes.update, change),
        _op(
            "DELETE",
            "subscriptions/{id}",
            "SubscriptionCancelParams",
            changes.cancel,
            "cancellation_details invoice_now prorate",
        ),
        _op(
            "POST",
            "subscriptions/{id}/pause",
            "SubscriptionPauseParams",
            pauses.pause,
            "bill_for invoicing_behavior type",
        ),
        _op(
            "POST",
            "subscriptions/{id}/resume",
            "SubscriptionResumeParams",
            pauses.resume,
            "billing_cycle_anchor payment_behavior",
        ),
        _create(
            "invoices/create_preview",
            "InvoiceCreatePreviewParams",
            changes.preview,
            "customer subscription subscription_details.items.id subscription_details.items.price "
            "subscription_details.items.quantity subscription_details.items.deleted "
            "subscription_details.proration_behavior subscription_details.proration_date",
        ),
        _retrieve("invoices", "invoice"),
        _op(
            "GET",
            "invoices/{id}/lines",
            "InvoiceLineItemListParams",
            lambda b, i, p: answers.page(
                b.get("invoice", i)["lines"]["data"][::-1], p, f"/v1/invoices/{i}/lines"
            ),
            "limit starting_after ending_before",
        ),
        _listing(
            "invoices",
            "InvoiceListParams",
            "invoice",
            "customer status",
            also="subscription",
            find=changes.invoices_with,
        ),
        _op("POST", "invoices/{id}/pay", "InvoicePayParams", changes.pay, "off_session payment_method"),
        _op("POST", "invoices/{id}/void", "InvoiceVoidInvoiceParams", lambda b, i, _: changes.void(b, i)),
        _retrieve("invoice_payments", "invoice_payment"),
        _listing(
            "invoice_payments",
            "InvoicePaymentListParams",
            "invoice_payment",
            "invoice status",
            also="payment",
            find=changes.invoice_payments_with,
        ),
    ]


def _settings() -> list[Operation]:
    endpoint = "description enabled_events metadata url"
    configuration = "business_profile default_return_url features metadata name"
    clocks = "test_helpers/test_clocks"
    return [
        _create(
            "webhook_endpoints", "WebhookEndpointCreateParams", endpoints.create, f"{endpoint} api_version"
        ),
        _retrieve("webhook_endpoints", "webhook_endpoint"),
        _op(
            "POST",
            "webhook_endpoints/{id}",
            "WebhookEndpointUpdateParams",
            endpoints.update,
            f"{endpoint} disabled",
        ),
        _op("DELETE", "webhook_endpoints/{id}", "", lambda b, i, _: endpoints.delete(b, i)),
        _listing("webhook_endpoints", "WebhookEndpointListParams", "webhook_endpoint"),
        _retrieve("events", "event"),
        _listing("events", "EventListParams", "event", also="type types", find=endpoints.events_with),
        _create(
            "billing_portal/configurations",
            "billing_portal.ConfigurationCreateParams",
            portal.configure,
            configuration,
        ),
        _op(
            "POST",
            "billing_portal/configurations/{id}",
            "billing_portal.ConfigurationUpdateParams",
            portal.reconfigure,
            f"{configuration} active",
        ),
        _retrieve("billing_portal/configurations", "billing_portal.configuration"),
        _listing(
            "billing_portal/configurations",
            "billing_portal.ConfigurationListParams",
            "billing_portal.configuration",
            "active is_default",
        ),
        _create(
            "billing_portal/sessions",
            "billing_portal.SessionCreateParams",
            portal.open_session,
            "configuration customer flow_data locale return_url",
        ),
        _create(clocks, "test_helpers.TestClockCreateParams", testclocks.create, "frozen_time name"),
        _retrieve(clocks, "test_helpers.test_clock"),
        _listing(clocks, "test_helpers.TestClockListParams", "test_helpers.test_clock"),
        _op(
            "POST",
            f"{clocks}/{{id}}/advance",
            "test_helpers.TestClockAdvanceParams",
            testclocks.advance,
            "frozen_time",
        ),
    ]


def _op(method: str, path: str, shape: str, do: Do, supported: str = "") -> Operation:
    return Operation(method, f"/v1/{path}", shape, do, frozenset(supported.split()))


def _create(path: str, shape: str, do: Callable[[Books, Parameters], Object], supported: str) -> Operation:
    return _op("POST", path, shape, lambda books, _, asked: do(books, asked), supported)


def _retrieve(path: str, kind: str) -> Operation:
    return _op("GET", f"{path}/{{id}}", "", lambda books, object_id, _: books.get(kind, object_id))


def _listing(
    path: str,
    shape: str,
    kind: str,
    equal: str = "",
    *,
    also: str = "",
    find: Callable[[Books, Parameters], list[Object]] | None = None,
) -> Operation:
    """A list of one kind: fields of `equal` must be as asked, `find` looks after the filters named in `also`."""

    def do(books: Books, _: str, asked: Parameters) -> Object:
        found = find(books, asked) if find else books.all(kind)
        wanted = {name: asked[name] for name in equal.split() if name in asked}
        fitting = [
            one for one in found if not one.get("deleted") and all(one.get(k) == v for k, v in wanted.items())
        ]
        return answers.page(fitting, asked, f"/v1/{path}")

    return Operation(
        "GET", f"/v1/{path}", shape, do, frozenset([*equal.split(), *also.split()]) | answers.PAGING
    )
