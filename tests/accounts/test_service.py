from datetime import date

import pytest

from tests.accounts.conftest import ANA
from vannilli_app.accounts.schemas import SignUp
from vannilli_app.accounts.service import require_acceptable
from vannilli_app.errors import Invalid

TODAY = date(2026, 3, 1)


@pytest.mark.parametrize("birth_date", ["2013-03-01", "2012-02-29", "1926-03-01"])
def test_thirteen_is_old_enough(bare_environment, birth_date):
    require_acceptable(SignUp(**ANA | {"birth_date": birth_date}), TODAY)


@pytest.mark.parametrize("birth_date", ["2013-03-02", "2014-01-01"])
def test_a_day_short_of_thirteen_is_not(bare_environment, birth_date):
    with pytest.raises(Invalid) as refused:
        require_acceptable(SignUp(**ANA | {"birth_date": birth_date}), TODAY)
    assert refused.value.code == "under_age"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (" Ana@Example.COM ", "ana@example.com"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
        ("ana+hook@vannilli.test", "ana+hook@vannilli.test"),
    ],
)
def test_an_address_has_one_spelling(bare_environment, given, kept):
    assert SignUp(**ANA | {"email": given}).email == kept
