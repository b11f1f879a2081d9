"""The audit log in a person's words."""

import re

from vannilli_app.accounts.actions import WORDS, words
from vannilli_app.config import ROOT

# The name of an action where it is recorded, by whichever function.
RECORDED = re.compile(r'(?:record|_audit|_audit_session|note)\(\s*session,\s*(?:"(\w+)"|refusal\.code)')
# Not on anybody's account page: they have just left, or it was nobody.
UNSEEN = {"account_deleted", "retention"}


def test_whatever_is_recorded_has_words() -> None:
    source = "\n".join(file.read_text() for file in (ROOT / "vannilli_app").rglob("*.py"))
    recorded = set(RECORDED.findall(source)) - {""}
    assert len(recorded) > 15
    assert recorded - UNSEEN <= set(WORDS)


def test_an_action_of_tomorrow_has_its_name() -> None:
    assert words("showcase_joined") == "Showcase joined"
