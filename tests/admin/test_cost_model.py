"""The cost model, by hand."""

import pytest

from vannilli_app.admin import cost_model
from vannilli_app.errors import Invalid


def test_a_month_worked_out_by_hand() -> None:
    plain = {
        "previews": 1, "paid_videos": 1, "seconds": 10, "requests": 1000, "request_ms": 10, "preview_cpu": 2,
        "finish_cpu": 1, "mb_a_second": 1, "kept_months": 2, "provider_seconds": 20, "provider_usd": 0.1,
        "earned_usd": 0.4, "fee_share": 0.05, "core_usd": 10, "storage_usd": 0.01, "peak": 2,
    }  # fmt: skip
    assert plain.keys() == cost_model.defaults().keys()
    found = cost_model.costs(1_296_000, plain)  # half the seconds of a month: one person every two
    assert found.server_cores == 10  # 1000 x 10 ms for 1/2 person a second, twice at the peak
    assert found.worker_cores == 40  # 10 s x (2 + 1) + 10 s x 1, likewise
    assert found.provider_slots == 200
    assert found.storage_gb == pytest.approx(51_840)
    assert (found.machines_usd, found.storage_usd) == (500, pytest.approx(518.4))
    assert found.earned_usd == pytest.approx(5_184_000)
    assert found.spent_usd == pytest.approx(500 + 518.4 + 1_296_000 + 259_200)
    assert found.margin == pytest.approx(0.6998, abs=1e-4)


def test_what_was_typed_replaces_a_default_and_nonsense_is_said() -> None:
    assert cost_model.given({"peak": "9", "seconds": " "}) == cost_model.defaults() | {"peak": 9}
    for nonsense in ("many", "-1", "nan", "inf"):
        with pytest.raises(Invalid, match="Busiest hour"):
            cost_model.given({"peak": nonsense})


def test_nobody_costs_nothing_and_has_no_margin() -> None:
    nobody = cost_model.costs(0, cost_model.defaults())
    assert (nobody.spent_usd, nobody.margin) == (0, None)
