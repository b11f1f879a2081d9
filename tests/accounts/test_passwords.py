import pytest

from vannilli_app.accounts import passwords
from vannilli_app.errors import Invalid


@pytest.mark.parametrize("password", ["ten chars.", "x y z " * 100, "пароль по-русски", "   spaces   "])
async def test_what_is_hashed_is_verified_and_nothing_else(password):
    passwords.require_strong(password, "ana@example.com")
    stored = await passwords.hashed(password)
    assert stored != await passwords.hashed(password)
    assert await passwords.verify(password, stored) == passwords.Verdict(right=True)
    assert not (await passwords.verify(password.strip() + "x", stored)).right


async def test_without_an_account_no_password_is_right():
    assert not (await passwords.verify("three words in a row", None)).right


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("nine char", "at least 10"),
        ("x" * 1025, "at most 1024"),
        ("Ana@Example.com", "not your email"),
        ("QWERTYUIOP", "leaked"),
        ("Basketball1", "leaked"),
        ("aaaaaaaaaaaa", "leaked"),
        ("vannilli123", "leaked"),
    ],
)
def test_a_weak_password_is_refused_with_what_to_do(password, sentence):
    with pytest.raises(Invalid, match=sentence) as refused:
        passwords.require_strong(password, "ana@example.com")
    assert refused.value.code == "weak_password"
    assert refused.value.extra["errors"][0]["field"] == "password"
