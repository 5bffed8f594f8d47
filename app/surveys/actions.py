"""Changing surveys: every change of wording is a new version."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.db import OrganisationSession
from app.surveys.models import Question, Survey, SurveyVersion
from app.surveys.rules import DEFAULT_WORDING, QuestionKind, Wording

_NPS_TEXTS = ("question", "lowest", "highest")


def create_survey(
    session: OrganisationSession,
    name: str,
    wording: Mapping[str, Wording] = DEFAULT_WORDING,
    *,
    now: datetime,
) -> UUID:
    """A new NPS survey with a comment, published as version 1."""
    survey = Survey(name=name, created_at=now)
    session.add(survey)
    session.flush()
    publish_version(session, survey.id, wording, now=now)
    return survey.id


def publish_version(
    session: OrganisationSession, survey_id: UUID, wording: Mapping[str, Wording], *, now: datetime
) -> UUID:
    """The next version of a survey, frozen at once; older answers keep theirs."""
    last = session.scalar(select(func.max(SurveyVersion.number)).where(SurveyVersion.survey_id == survey_id))
    version = SurveyVersion(survey_id=survey_id, number=(last or 0) + 1, published_at=now)
    session.add(version)
    session.flush()
    texts = {language: asdict(words) for language, words in wording.items()}
    for position, (kind, names) in enumerate(_questions().items(), 1):
        of_kind = {language: {name: words[name] for name in names} for language, words in texts.items()}
        session.add(Question(version_id=version.id, position=position, kind=kind, texts=of_kind))
    session.flush()
    return version.id


def _questions() -> dict[QuestionKind, tuple[str, ...]]:
    comment = tuple(name for name in Wording.__dataclass_fields__ if name not in _NPS_TEXTS)
    return {QuestionKind.NPS: _NPS_TEXTS, QuestionKind.COMMENT: comment}
