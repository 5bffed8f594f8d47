"""Surveys and their frozen versions."""

import sqlalchemy as sa
from alembic import op

from app.db import UtcInstant

revision = "0003_create_surveys"
down_revision = "0002_create_stores"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "surveys",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_surveys_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_surveys")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_surveys_organisation_id_name")),
    )
    op.create_table(
        "survey_versions",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("published_at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "survey_id"],
            ["surveys.organisation_id", "surveys.id"],
            name=op.f("fk_survey_versions_organisation_id_survey_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_survey_versions_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_survey_versions")),
        sa.UniqueConstraint(
            "organisation_id",
            "survey_id",
            "number",
            name=op.f("uq_survey_versions_organisation_id_survey_id_number"),
        ),
    )
    op.create_table(
        "questions",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "version_id"],
            ["survey_versions.organisation_id", "survey_versions.id"],
            name=op.f("fk_questions_organisation_id_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_questions_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_questions")),
        sa.UniqueConstraint(
            "organisation_id",
            "version_id",
            "position",
            name=op.f("uq_questions_organisation_id_version_id_position"),
        ),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("questions")
    op.drop_table("survey_versions")
    op.drop_table("surveys")
