"""What is asked now."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from app.db import OrganisationSession
from app.errors import NotFound
from app.ids import OrganisationId
from app.surveys.models import Question, Survey, SurveyVersion
from app.surveys.rules import Wording

_MOST_KEPT = 500
_kept: dict[tuple[OrganisationId, UUID], dict[str, Wording]] = {}


def surveys(session: OrganisationSession) -> list[Survey]:
    """All surveys by name."""
    return list(session.scalars(select(Survey).order_by(Survey.name)))


def current_version(session: OrganisationSession, survey_id: UUID) -> SurveyVersion:
    """The newest version of a survey: the one that shoppers see."""
    version = session.scalar(
        select(SurveyVersion)
        .where(SurveyVersion.survey_id == survey_id)
        .order_by(SurveyVersion.number.desc())
        .limit(1)
    )
    if version is None:
        raise NotFound()
    return version


def get_version(session: OrganisationSession, survey_id: UUID, number: int) -> SurveyVersion:
    """One version of a survey; raises `NotFound`, also for a number that no column could hold."""
    found = (version for version in versions(session, survey_id) if version.number == number)
    version = next(found, None)
    if version is None:
        raise NotFound()
    return version


def versions(session: OrganisationSession, survey_id: UUID) -> list[SurveyVersion]:
    """Every version of a survey, newest first."""
    return list(
        session.scalars(
            select(SurveyVersion)
            .where(SurveyVersion.survey_id == survey_id)
            .order_by(SurveyVersion.number.desc())
        )
    )


def wording(session: OrganisationSession, version_id: UUID) -> dict[str, Wording]:
    """The texts of a version by language; kept in memory, because a version never changes."""
    place = (session.scope(), version_id)
    if place not in _kept:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[place] = wording_of(session.scalars(select(Question).where(Question.version_id == version_id)))
    return _kept[place]


def wording_of(questions: Iterable[Question]) -> dict[str, Wording]:
    """The texts of one version's questions, put together by language."""
    texts: dict[str, dict[str, str]] = {}
    for question in questions:
        for language, words in question.texts.items():
            texts.setdefault(language, {}).update(words)
    return {language: Wording(**words) for language, words in texts.items()}
