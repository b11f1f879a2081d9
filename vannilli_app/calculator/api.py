"""The calculator over JSON, for everybody."""

from fastapi import APIRouter

from vannilli_app import routes
from vannilli_app.accounts.identity import OptionalIdentity
from vannilli_app.calculator import service
from vannilli_app.calculator.schemas import Answer, Question
from vannilli_app.config import settings
from vannilli_app.problems import documented

router = APIRouter(tags=["calculator"])


@router.post(
    routes.API_CALCULATE_DURATION,
    response_model_exclude_none=True,
    responses=documented(
        {422: "bpm_out_of_range, bars_out_of_range, invalid_time_signature, validation_error"}
    ),
)
async def calculate_duration(question: Question, identity: OptionalIdentity) -> Answer:
    """How long a section lasts, what it is called and what it costs, for your tier if you are signed in."""
    return service.answer(question, identity, settings().max_section_seconds)
