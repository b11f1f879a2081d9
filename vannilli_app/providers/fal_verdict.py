"""What fal's refusals and failures mean: for good or for now, and the sentence for the person.

fal's word for a failure is its type: in the header `x-fal-error-type`, in a request error's `error_type`, and in each
entry of a model error's `detail`.
"""

import json
from typing import Any

import httpx

from vannilli_app.providers.base import ProviderTask, TaskStatus
from vannilli_app.providers.http import refused
from vannilli_app.words import N_

CONTENT_POLICY = "content_policy_violation"
CANCELLED = "client_cancelled"  # U: how a task ends that was cancelled
# U: the types by which we go. Lasting ones would fail again; passing ones may come with a 4xx and are no fault of the
# files: the vendor behind fal is unwell, or our link had run out. Any other type lasts with a 4xx and passes without.
LASTING = frozenset({CONTENT_POLICY, CANCELLED, "bad_request"})
PASSING = frozenset(
    {
        "downstream_service_error",
        "downstream_service_unavailable",
        "file_download_error",
        "generation_timeout",
        "internal_error",
        "internal_server_error",
        "request_timeout",
    }
)

NOT_THIS_CONTENT = N_(
    "The video service does not make videos of what it saw here. Try another picture, take or description."
)
NOT_THESE_FILES = N_("The video service could not use these files. Try another take or another picture.")
NOT_AVAILABLE = N_("This video service is not available right now. Choose another one.")
BUSY = N_("The video service is busy right now. Try again in a moment.")
STOPPED = N_("This video was stopped before it was finished.")
BROKE = N_("The video service could not finish this video. Try again in a moment.")

_WORDS = 2000  # characters of fal's own words that are kept for the admin


def accepted(answer: httpx.Response) -> httpx.Response:
    """The answer, if it is a yes. Raises ProviderError."""
    if answer.is_success:
        return answer
    match answer.status_code:
        case 429:
            raise refused(answer, BUSY, permanent=False, busy=True)
        case 401 | 403 | 404:  # 404: the model is gone
            raise refused(answer, NOT_AVAILABLE, permanent=True)
    lasts = _lasts(_kind(answer), answer.is_client_error)
    raise refused(answer, _sentence(_kind(answer), lasts), permanent=lasts)


def failure(task_id: str, answer: httpx.Response) -> ProviderTask:
    """The failed task whose result is this answer. Raises ProviderError when it speaks not of the task but of the
    call: a wrong key, too many calls, a gateway in trouble."""
    if answer.status_code in (401, 403, 429):
        accepted(answer)
    kind = _kind(answer)
    if not kind and answer.status_code != 422:
        raise refused(answer, permanent=False)
    return failed(task_id, kind=kind, words=answer.text, client_error=answer.is_client_error)


def failed(task_id: str, *, kind: str, words: str, client_error: bool = False) -> ProviderTask:
    """A failed task, by fal's type for it and fal's own words."""
    lasts = _lasts(kind, client_error)
    return ProviderTask(
        task_id,
        TaskStatus.FAILED,
        error=_sentence(kind, lasts),
        raw_error=f"{kind}: {words[:_WORDS]}",
        permanent=lasts,
    )


def _lasts(kind: str, client_error: bool) -> bool:
    return kind in LASTING or (client_error and kind not in PASSING)


def _sentence(kind: str, lasts: bool) -> str:
    known = {CONTENT_POLICY: NOT_THIS_CONTENT, CANCELLED: STOPPED}
    return known.get(kind, NOT_THESE_FILES if lasts else BROKE)


def _kind(answer: httpx.Response) -> str:
    """fal's type for what went wrong, "" where it gives none."""
    if told := answer.headers.get("x-fal-error-type"):
        return str(told)
    try:
        body: Any = answer.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        return ""
    detail = body.get("detail") if isinstance(body, dict) else None
    first = detail[0] if isinstance(detail, list) and detail else body
    kind = (first.get("type") or first.get("error_type")) if isinstance(first, dict) else None
    return kind if isinstance(kind, str) else ""
