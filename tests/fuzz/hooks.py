"""What schemathesis has to know of us: how to be somebody, what there is, and how good data may be refused.

Runs in schemathesis' own process, with DATABASE_URL and SECRET_KEY of the server that is fuzzed.
"""

import os
from typing import Any
from uuid import uuid4

import psycopg
import schemathesis
from hypothesis import strategies as st

from tests.settled import Settled, settle
from vannilli_app import plain_text, routes

# These end the session that they are called with: each call gets a person of its own.
ENDS_SESSION = {("post", routes.API_SIGN_OUT), ("delete", routes.API_ACCOUNT)}
SHARED_SECONDS = 10  # then somebody new takes their place, who still has what was deleted

_present: list[Settled] = []


def _who(case: schemathesis.Case, _: schemathesis.AuthContext) -> str:
    return uuid4().hex if (case.method.lower(), case.path) in ENDS_SESSION else "shared"


@schemathesis.auth(refresh_interval=SHARED_SECONDS, cache_by_key=_who)
class Present:
    """The person that requests are made as."""

    def get(self, case: schemathesis.Case, context: schemathesis.AuthContext) -> str:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            person = settle(connection)
        if _who(case, context) == "shared":
            _present[:] = [person]
        return person.token

    def set(self, case: schemathesis.Case, data: str, context: schemathesis.AuthContext) -> None:
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


@schemathesis.hook
def map_path_parameters(context: schemathesis.HookContext, path_parameters: Any) -> Any:
    """Every other id is one that there is: else nearly all of them would be unknown."""
    return _known(path_parameters)


@schemathesis.hook
def map_body(context: schemathesis.HookContext, body: Any) -> Any:
    """The same in bodies."""
    return _known(body)


def _known(values: Any) -> Any:
    if not (isinstance(values, dict) and _present):
        return values
    return {
        name: _present[0].ids[name] if name in _present[0].ids and str(value)[-1:] < "8" else value
        for name, value in values.items()
    }


# Not every address that RFC 5322 allows is one that we send mail to.
schemathesis.openapi.format("email", st.uuids().map(lambda one: f"{one}@vannilli.test"))


@schemathesis.check
def good_data_is_refused_for_a_reason_of_its_own(
    context: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case
) -> None:
    """What fits the document may be refused by a rule, with that rule's code, but never as malformed; but for text that
    cannot be kept, which a document cannot forbid in names that it does not know."""
    if response.status_code != 422 or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if any(plain_text.unfit([case.body, case.query, case.path_parameters])):
        return
    assert response.json()["code"] != "validation_error", response.text
