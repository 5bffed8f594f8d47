"""Verdicts as pages and the API show them, and how sure the model is of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from app.classification.corrections import corrected_count, count_corrections
from app.classification.models import Classification
from app.classification.rules import Source
from app.db import OrganisationSession

WINDOW = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class ReadingFigures:
    """How the comments of the last 28 days were read, and what people have corrected ever.

    `by_source` counts verdicts by who gave them, `by_version` those of models; `unsure` of the `judged` ones
    have a leading sentiment under the model's own threshold.
    """

    by_source: Mapping[str, int]
    by_version: Mapping[str, int]
    judged: int
    unsure: int
    corrected: int
    corrections: Mapping[str, int]


def find_classification(session: OrganisationSession, response_id: UUID) -> Classification | None:
    """The verdict on a response's comment, given or still promised; ``None`` without a comment."""
    return session.scalar(select(Classification).where(Classification.response_id == response_id))


def reading_figures(session: OrganisationSession, *, sure: float, now: datetime) -> ReadingFigures:
    """How the comments of the last 28 days were read."""
    recent = (Classification.classified_at >= now - WINDOW, Classification.confidence.is_not(None))
    rows = session.execute(
        select(Classification.source, Classification.model_version, func.count())
        .where(*recent)
        .group_by(Classification.source, Classification.model_version)
    ).all()
    by_source: dict[str, int] = {}
    by_version: dict[str, int] = {}
    for source, version, count in rows:
        by_source[str(source)] = by_source.get(str(source), 0) + count
        if source == Source.MODEL and version:
            by_version[version] = by_version.get(version, 0) + count
    unsure = select(func.count()).where(
        *recent, Classification.source == Source.MODEL, Classification.confidence < sure
    )
    return ReadingFigures(
        by_source,
        by_version,
        by_source.get(Source.MODEL, 0),
        session.scalar(unsure) or 0,
        corrected_count(session),
        dict(sorted(count_corrections(session).items(), key=lambda item: -item[1])),
    )
