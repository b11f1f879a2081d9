"""Where the overview and the alerts lead."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest

from vannilli_app import routes
from vannilli_app.admin import page, words
from vannilli_app.admin.schemas import JobFilter
from vannilli_app.alerts.rules import RULES


@pytest.mark.parametrize("outcome", words.OUTCOMES)
def test_every_group_leads_to_a_list_of_its_videos(outcome: str) -> None:
    for kind, key in (("outcome", outcome), ("cause", f"kling {outcome}")):
        link = urlsplit(words.link(kind, key, 30))
        if outcome == "deleted":  # nothing is left to list
            assert link.path == ""
        else:
            assert link.path == routes.ADMIN_VIDEOS
            assert JobFilter.model_validate(dict(parse_qsl(link.query))).outcome == outcome


def test_every_alert_leads_to_a_place_that_is_there() -> None:
    places = set(re.findall(r'\bid:\s*"([\w-]+)"', str(page.dashboard())))
    wanted = {urlsplit(rule.page).fragment for rule in RULES} - {""}
    assert wanted
    assert wanted <= places
