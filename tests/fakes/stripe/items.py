"""The items of a subscription, as a call wants them changed, and what that costs."""

from tests.fakes.stripe import lines, subscriptions
from tests.fakes.stripe.books import Books, Object, new_id
from tests.fakes.stripe.parameters import Parameters, merged
from tests.fakes.stripe.periods import end_after
from tests.fakes.stripe.problems import invalid, missing


def planned(
    books: Books, subscription: Object, asked: Parameters, now: int
) -> tuple[list[Object], list[Object], bool]:
    """The items after a change, the lines that it costs, and whether a new billing cycle begins with it."""
    items = {item["id"]: item for item in subscriptions.items_of(subscription)}
    its_lines: list[Object] = []
    is_new_cycle = False
    for number, wanted in enumerate(asked.get("items", [])):
        path = f"items[{number}]"
        old = _item(items, wanted, path)
        if wanted.get("deleted"):
            if old:
                its_lines.append(lines.unused(books, old, now))
                del items[old["id"]]
            continue
        price = _price(books, subscription, wanted, old, f"{path}[price]")
        quantity = wanted.get("quantity", old["quantity"] if old else 1)
        if old is None:
            made = _new_item(subscription, price, quantity, now)
            items[made["id"]] = made
            its_lines.append(lines.of_change(books, made, price, quantity, now)[1])
            continue
        changed = old | {"price": price, "plan": subscriptions.plan(price), "quantity": quantity}
        changed["metadata"] = merged(old["metadata"], wanted.get("metadata", {}))
        if _cycle(price) != _cycle(old["price"]):
            is_new_cycle = True
            end = end_after(now, *_cycle(price), now)
            changed |= {"current_period_start": now, "current_period_end": end, "billed_until": end}
            its_lines += [lines.unused(books, old, now), lines.whole_period(books, changed, now, end)]
        elif (price["id"], quantity) != (old["price"]["id"], old["quantity"]):
            its_lines += lines.of_change(books, old, price, quantity, now)
        items[old["id"]] = changed
    if not items:
        raise invalid("A subscription must have at least one active plan.", "items")
    if asked.get("proration_behavior") == "none":
        its_lines = [line for line in its_lines if not _is_proration(line)]
    return list(items.values()), its_lines, is_new_cycle


def renewal(books: Books, subscription: Object, items: list[Object]) -> list[Object]:
    """The lines of the next renewal with these items."""
    found = []
    for item in items:
        start = item["current_period_end"]
        end = end_after(subscription["billing_cycle_anchor"], *_cycle(item["price"]), start)
        found.append(lines.whole_period(books, item, start, end))
    return found


def _item(items: dict[str, Object], wanted: Parameters, path: str) -> Object | None:
    """The item that is meant; None when the call adds one."""
    if "id" not in wanted:
        return None
    if wanted["id"] not in items:
        raise missing("subscription_item", wanted["id"], f"{path}[id]")
    return items[wanted["id"]]


def _new_item(subscription: Object, price: Object, quantity: int, now: int) -> Object:
    like = subscriptions.items_of(subscription)[0]
    if price["id"] in {item["price"]["id"] for item in subscriptions.items_of(subscription)}:
        raise invalid("Cannot add multiple subscription items with the same plan.", "items")
    fresh = {"id": new_id("si", 14), "created": now, "metadata": {}}
    return like | fresh | {"price": price, "plan": subscriptions.plan(price), "quantity": quantity}


def _price(books: Books, subscription: Object, wanted: Parameters, old: Object | None, param: str) -> Object:
    if "price" not in wanted:
        if old is None:
            raise invalid(f"Missing required param: {param}.", param, "parameter_missing")
        kept: Object = old["price"]
        return kept
    price = books.get("price", wanted["price"], param)
    if price["recurring"] is None:
        raise invalid(
            "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.",
            param,
        )
    if price["currency"] != subscription["currency"]:
        raise invalid("The price specified has another currency than the subscription.", param)
    if not price["active"] and (old is None or price["id"] != old["price"]["id"]):
        raise invalid("The price specified is inactive. This field only accepts active prices.", param)
    return price


def _cycle(price: Object) -> tuple[str, int]:
    return price["recurring"]["interval"], price["recurring"]["interval_count"]


def _is_proration(line: Object) -> bool:
    return bool(line["parent"]["subscription_item_details"]["proration"])
