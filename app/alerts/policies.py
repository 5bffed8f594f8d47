"""Policies: how many minutes, and the ladder of whom to tell. New alerts freeze the version in use."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import aliased

from app.alerts.models import LadderStep, Policy, PolicyVersion
from app.alerts.rules import (
    CRITICAL_ACKNOWLEDGE_MINUTES,
    CRITICAL_ANSWER_MINUTES,
    CRITICAL_LADDER,
    DEFAULT_ACKNOWLEDGE_MINUTES,
    DEFAULT_ANSWER_MINUTES,
    DEFAULT_LADDER,
    Step,
)
from app.db import OrganisationSession, get_row
from app.errors import NotFound
from app.ids import OrganisationId
from app.memory import Memory

DEFAULT_NAME = "30 minutes"
_MOST_CHAINS = 1_000
_in_use: Memory[OrganisationId, "Terms | None"] = Memory(_MOST_CHAINS)
_Later = aliased(PolicyVersion)


@dataclass(frozen=True, slots=True)
class Terms:
    """A version of a policy: minutes to acknowledge and to answer, and its ladder."""

    version_id: UUID
    acknowledge_minutes: int
    answer_minutes: int
    ladder: tuple[Step, ...]

    @property
    def when_critical(self) -> "Terms":
        """The terms of a critical alert, whatever the policy says of others."""
        return replace(
            self,
            acknowledge_minutes=CRITICAL_ACKNOWLEDGE_MINUTES,
            answer_minutes=CRITICAL_ANSWER_MINUTES,
            ladder=CRITICAL_LADDER,
        )


def create_policy(
    session: OrganisationSession,
    name: str,
    *,
    acknowledge_minutes: int,
    answer_minutes: int,
    ladder: Sequence[Step],
) -> UUID:
    """A new policy with its first version; it is not in use yet."""
    policy = Policy(name=name, is_in_use=False)
    session.add(policy)
    session.flush()
    version = PolicyVersion(
        policy_id=policy.id, number=1, acknowledge_minutes=acknowledge_minutes, answer_minutes=answer_minutes
    )
    session.add(version)
    session.flush()
    session.add_all(_row(version.id, position, step) for position, step in enumerate(ladder))
    session.flush()
    return policy.id


def create_default_policy(session: OrganisationSession) -> UUID:
    """The policy of every new organisation, in use at once: 30 minutes, in the store's hours."""
    known = session.scalar(select(Policy.id).where(Policy.name == DEFAULT_NAME))
    policy_id = known or create_policy(
        session,
        DEFAULT_NAME,
        acknowledge_minutes=DEFAULT_ACKNOWLEDGE_MINUTES,
        answer_minutes=DEFAULT_ANSWER_MINUTES,
        ladder=DEFAULT_LADDER,
    )
    use_policy(session, policy_id)
    return policy_id


def use_policy(session: OrganisationSession, policy_id: UUID) -> Policy:
    """Open new alerts under this policy; open ones keep theirs."""
    chosen = get_row(session, Policy, policy_id)
    session.execute(update(Policy).values(is_in_use=False))
    chosen.is_in_use = True
    session.flush()
    _in_use.forget(session.scope())
    return chosen


def policies(session: OrganisationSession) -> list[tuple[Policy, Terms]]:
    """Every policy with its newest terms, by name."""
    rows = session.scalars(select(Policy).order_by(Policy.name)).all()
    return [(policy, _get_terms(session, _newest(), Policy.id == policy.id)) for policy in rows]


def terms_in_use(session: OrganisationSession) -> Terms:
    """The terms that an alert opening now gets; another policy counts everywhere within five seconds.

    A chain without a policy gets the usual one.
    """
    terms = _in_use.find(session.scope(), lambda: _find_terms(session, _newest(), Policy.is_in_use.is_(True)))
    if terms is None:
        create_default_policy(session)
        return _get_terms(session, _newest(), Policy.is_in_use.is_(True))
    return terms


def terms_of(session: OrganisationSession, version_id: UUID) -> Terms:
    """The terms that an alert was opened with."""
    return _get_terms(session, PolicyVersion.id == version_id)


def _newest() -> ColumnElement[bool]:
    """Only the newest version of each policy."""
    newest = select(func.max(_Later.number)).where(_Later.policy_id == Policy.id).correlate(Policy)
    return PolicyVersion.number == newest.scalar_subquery()


def _get_terms(session: OrganisationSession, *which: ColumnElement[bool]) -> Terms:
    found = _find_terms(session, *which)
    if found is None:
        raise NotFound()
    return found


def _find_terms(session: OrganisationSession, *which: ColumnElement[bool]) -> Terms | None:
    """A version with its ladder, in one statement: a shopper waits while an alert opens."""
    version, step = PolicyVersion, LadderStep
    rows = session.execute(
        select(
            version.id,
            version.acknowledge_minutes,
            version.answer_minutes,
            step.after_minutes,
            step.condition,
            step.target,
            step.action,
        )
        .join_from(Policy, version, version.policy_id == Policy.id)
        .join(step, step.version_id == version.id)
        .where(*which)
        .order_by(step.position)
    ).all()
    return Terms(*rows[0][:3], tuple(Step.of(*row[3:]) for row in rows)) if rows else None


def _row(version_id: UUID, position: int, step: Step) -> LadderStep:
    return LadderStep(
        version_id=version_id,
        position=position,
        after_minutes=step.after_minutes,
        condition=step.condition,
        target=step.target,
        action=step.action,
    )
