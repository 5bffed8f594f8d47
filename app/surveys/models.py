"""Surveys and their versions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import OrganisationRow, belongs_to


class Survey(OrganisationRow):
    """A set of questions under one name; touchpoints point here, answers at a version."""

    __tablename__ = "surveys"

    name: Mapped[str]
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("organisation_id", "name"),)


class SurveyVersion(OrganisationRow):
    """The wording that shoppers saw. It is frozen from its first day; a change makes the next version."""

    __tablename__ = "survey_versions"

    survey_id: Mapped[UUID]
    number: Mapped[int]
    published_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("organisation_id", "survey_id", "number"),
        belongs_to("surveys", "survey_id"),
    )


class Question(OrganisationRow):
    """One question of a version: its kind, and its texts by language (`texts["uk"]["title"]`)."""

    __tablename__ = "questions"

    version_id: Mapped[UUID]
    position: Mapped[int]
    kind: Mapped[str]
    texts: Mapped[dict[str, Any]] = mapped_column(default=dict)

    __table_args__ = (
        UniqueConstraint("organisation_id", "version_id", "position"),
        belongs_to("survey_versions", "version_id"),
    )
