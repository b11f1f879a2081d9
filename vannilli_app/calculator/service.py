"""Answers questions of length and price. Pure but for the one setting that the caller hands in."""

from vannilli_app.accounts.schemas import Identity
from vannilli_app.calculator.schemas import Answer, Cost, Question
from vannilli_app.music.price import dollars, quoted_tier
from vannilli_app.music.tempo import Meter, Section


def answer(question: Question, identity: Identity | None, longest_seconds: int) -> Answer:
    """Length and price for this caller.

    Raises `Invalid` `bpm_out_of_range`, `bars_out_of_range` or `invalid_time_signature`.
    """
    meter = Meter.parse(question.time_signature, question.beat_unit)
    section = Section(question.bpm, question.bars, meter)
    exact_seconds, billed_seconds = section.exact_seconds, section.billed_seconds
    return Answer(
        bpm=float(section.bpm),
        bars=float(section.bars),
        time_signature=section.meter.time_signature,
        beat_unit=section.meter.beat_unit,
        exact_seconds=float(exact_seconds),
        billed_seconds=billed_seconds,
        part_name=section.part_name,
        beats=float(section.beats),
        within_limit=exact_seconds <= longest_seconds,
        cost=_cost(billed_seconds, identity),
    )


def _cost(credits: int, identity: Identity | None) -> Cost:
    tier = quoted_tier(identity.tier if identity else None)
    cost = Cost(credits=credits, dollars=float(dollars(credits, tier)), tier=tier)
    if identity:
        cost.credits_after = identity.credits_remaining - credits
        cost.sufficient_credits = cost.credits_after >= 0
    return cost
