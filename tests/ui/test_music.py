"""The maths in the browser is the maths on the server."""

from fractions import Fraction
from random import Random
from typing import Any

import pytest

from vannilli_app.errors import Invalid
from vannilli_app.music.price import PLANS, dollars, quoted_tier
from vannilli_app.music.tempo import (
    COMMON_SIGNATURES,
    DENOMINATORS,
    MAX_BARS,
    MAX_BPM,
    MAX_NUMERATOR,
    MIN_BARS,
    MIN_BPM,
    BeatUnit,
    Section,
)


def case(bpm: str, bars: str, signature: str, unit: str = "quarter") -> dict[str, str]:
    return {"bpm": bpm, "bars": bars, "timeSignature": signature, "beatUnit": unit}


def section(given: dict[str, str]) -> Section:
    return Section.parse(given["bpm"], given["bars"], given["timeSignature"], given["beatUnit"])


def grid() -> list[dict[str, str]]:
    """Every whole tempo, every whole length and every common signature."""
    return [
        case(str(bpm), str(bars), ts)
        for bpm in range(MIN_BPM, MAX_BPM + 1)
        for ts in COMMON_SIGNATURES
        for bars in range(MIN_BARS, MAX_BARS + 1)
    ]


def at_random(count: int) -> list[dict[str, str]]:
    """Tempos with up to three decimals, half bars, any signature, and any note that the BPM counts."""
    pick = Random(140)
    return [
        case(
            f"{pick.randint(1000 * MIN_BPM, 1000 * MAX_BPM) / 1000:g}",
            f"{pick.randint(2 * MIN_BARS, 2 * MAX_BARS) / 2:g}",
            f"{pick.randint(1, MAX_NUMERATOR)}/{pick.choice(DENOMINATORS)}",
            pick.choice(list(BeatUnit)),
        )
        for _ in range(count)
    ]


SECTION = (
    "((s) => [s.seconds.n, s.seconds.d, s.billed, s.partName, s.beats.n, s.beats.d])(music.section(given))"
)


@pytest.mark.parametrize("cases", [grid(), at_random(10_000)], ids=["the whole grid", "10,000 decimals"])
def test_every_section_comes_to_the_same(ask: Any, cases: list[dict[str, str]]) -> None:
    found = ask("music.js", SECTION, cases)
    for given, (n, d, billed, part, beats_n, beats_d) in zip(cases, found, strict=True):
        ours = section(given)
        assert Fraction(int(n), int(d)) == ours.exact_seconds, given
        assert (billed, part) == (ours.billed_seconds, ours.part_name), given
        assert Fraction(int(beats_n), int(beats_d)) == ours.beats, given


@pytest.mark.parametrize(
    "given",
    [
        case("59.999", "8", "4/4"),
        case("200.001", "8", "4/4"),
        case("120.0001", "8", "4/4"),
        case("", "8", "4/4"),
        case("fast", "8", "4/4"),
        case("-120", "8", "4/4"),
        case("120", "0.5", "4/4"),
        case("120", "32.5", "4/4"),
        case("120", "8.25", "4/4"),
        case("120", "8", "4/5"),
        case("120", "8", "33/4"),
        case("120", "8", "0/4"),
    ],
)
def test_what_the_server_refuses_is_refused_in_the_browser(ask: Any, given: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        section(given)
    [said] = ask("music.js", "music.refusal(given)", [given])
    assert said["code"] == refused.value.code
    if said["field"] != "time_signature":
        assert said["message"] == refused.value.message


def test_plans_cost_and_buy_the_same(ask: Any) -> None:
    [plans] = ask("music.js", "music.PLANS", [None])
    assert {
        tier: (plan["name"], plan["cents"], plan["credits"], plan["rate"]) for tier, plan in plans.items()
    } == {
        tier.value: (plan.name, plan.price_cents, plan.credits, plan.cents_per_credit)
        for tier, plan in PLANS.items()
    }
    for tier in PLANS:
        [price] = ask("music.js", f"music.dollars(given, '{tier}')", [14])
        assert price == f"${dollars(14, quoted_tier(tier))}"


@pytest.mark.parametrize(
    ("tier", "hooks", "bars"),
    [("free", 0, 1.5), ("open_mic", 3, 24.5), ("artist", 5, 46.5), ("label", 23, 194)],
)
def test_what_each_plan_buys_in_hooks_at_140(ask: Any, tier: str, hooks: int, bars: float) -> None:
    [found] = ask("music.js", f"music.buys('{tier}', music.section(given))", [case("140", "8", "4/4")])
    assert (found["sections"], found["bars"]) == (hooks, bars)


def test_the_bars_a_plan_buys_are_the_most_that_fit(ask: Any) -> None:
    cases = [case(str(bpm), "8", "4/4") for bpm in (60, 93.5, 117.375, 140, 199.999, 200)]
    for plan in PLANS.values():
        found = ask("music.js", f"music.buys('{plan.tier}', music.section(given))", cases)
        for given, bought in zip(cases, found, strict=True):
            ours, bars = section(given), Fraction(bought["bars"])
            assert bars * ours.bar_seconds <= plan.credits < (bars + Fraction(1, 2)) * ours.bar_seconds
            assert bought["sections"] == plan.credits // ours.billed_seconds


@pytest.mark.parametrize(
    ("n", "d", "written"),
    [(96, 7, "13.714"), (32, 1, "32"), (15, 2, "7.5"), (2, 3, "0.667"), (99999, 100000, "1")],
)
def test_seconds_are_written_short(ask: Any, n: int, d: int, written: str) -> None:
    assert ask("music.js", "music.written({ n: BigInt(given[0]), d: BigInt(given[1]) })", [[n, d]]) == [
        written
    ]
