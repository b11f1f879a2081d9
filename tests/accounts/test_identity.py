from ipaddress import ip_address

import pytest
from starlette.requests import Request

from vannilli_app.accounts.cookies import access_cookie, value_of
from vannilli_app.accounts.identity import client_of, identify
from vannilli_app.config import settings


@pytest.fixture
def configure(bare_environment, monkeypatch):
    def change(**values):
        for name, value in values.items():
            monkeypatch.setenv(name.upper(), str(value))
        settings.cache_clear()

    return change


def request(peer="192.0.2.1", forwarded=None, agent="a phone"):
    headers = [(b"user-agent", agent.encode())]
    if forwarded:
        headers.append((b"x-forwarded-for", forwarded.encode()))
    client = (peer, 1234) if peer else None
    return Request({"type": "http", "headers": headers, "client": client})


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counted"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 198.51.100.7", "203.0.113.9"),
        (2, "203.0.113.9", "203.0.113.9"),
        (1, None, "192.0.2.1"),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
async def test_whose_address_counts(configure, proxies, forwarded, counted):
    configure(trusted_proxies=proxies)
    assert (await client_of(request(forwarded=forwarded))).ip == ip_address(counted)


@pytest.mark.parametrize(
    ("peer", "forwarded"), [(None, None), ("testclient", None), ("192.0.2.1", "nonsense")]
)
async def test_an_address_that_is_none(configure, peer, forwarded):
    configure(trusted_proxies=1)
    assert (await client_of(request(peer, forwarded))).ip is None


async def test_a_long_user_agent_is_cut(bare_environment):
    assert len((await client_of(request(agent="x" * 9999))).user_agent) == 500
    assert (await client_of(request(agent=""))).user_agent is None


def test_the_cookie_is_bound_to_the_host_where_there_is_https(configure):
    assert access_cookie() == "vannilli_session"
    configure(public_url="https://vannilli.example")
    assert access_cookie() == "__Host-vannilli_session"
    assert value_of(access_cookie(), "vannilli_session=old; __Host-vannilli_session=a.b.c") == "a.b.c"


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("vannilli_session=a.b.c", "a.b.c"),
        ("x=1; vannilli_session=a.b.c", "a.b.c"),
        ("x=1", None),
        ("", None),
    ],
)
def test_the_token_in_a_raw_cookie_header(bare_environment, header, token):
    assert value_of(access_cookie(), header) == token


async def test_a_state_finds_its_person_by_the_cookie(api, ana):
    person = await identify(value_of(access_cookie(), f"vannilli_session={ana['access_token']}"))
    assert person is not None
    assert (str(person.user_id), person.email) == (ana["user"]["id"], "ana@example.com")
    assert (person.tier, person.credits_remaining, person.role) == ("free", 3, "artist")


@pytest.mark.parametrize("token", [None, "", "x", "a.b.c"])
async def test_nobody(database, token):
    assert await identify(token) is None
