"""Policies: how many minutes, and the ladder of whom to tell. New alerts freeze the version in use."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, update

from app.alerts.models import LadderStep, Policy, PolicyVersion
from app.alerts.rules import DEFAULT_ACKNOWLEDGE_MINUTES, DEFAULT_ANSWER_MINUTES, DEFAULT_LADDER, Step
from app.db import OrganisationSession, get_row

DEFAULT_NAME = "30 minutes"


@dataclass(frozen=True, slots=True)
class Terms:
    """A version of a policy: minutes to acknowledge and to answer, and its ladder."""

    version_id: UUID
    acknowledge_minutes: int
    answer_minutes: int
    ladder: tuple[Step, ...]


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
    return chosen


def policies(session: OrganisationSession) -> list[tuple[Policy, Terms]]:
    """Every policy with its newest terms, by name."""
    rows = session.scalars(select(Policy).order_by(Policy.name))
    return [(policy, _newest_terms(session, policy.id)) for policy in rows]


def terms_in_use(session: OrganisationSession) -> Terms:
    """The terms that an alert opening now gets; a chain without a policy gets the usual one."""
    policy_id = session.scalar(select(Policy.id).where(Policy.is_in_use)) or create_default_policy(session)
    return _newest_terms(session, policy_id)


def terms_of(session: OrganisationSession, version_id: UUID) -> Terms:
    """The terms that an alert was opened with."""
    return _terms(session, get_row(session, PolicyVersion, version_id))


def _newest_terms(session: OrganisationSession, policy_id: UUID) -> Terms:
    newest = select(func.max(PolicyVersion.number)).where(PolicyVersion.policy_id == policy_id)
    version = session.scalars(
        select(PolicyVersion).where(
            PolicyVersion.policy_id == policy_id, PolicyVersion.number == newest.scalar_subquery()
        )
    ).one()
    return _terms(session, version)


def _terms(session: OrganisationSession, version: PolicyVersion) -> Terms:
    steps = session.scalars(
        select(LadderStep).where(LadderStep.version_id == version.id).order_by(LadderStep.position)
    )
    ladder = tuple(Step.of(row.after_minutes, row.condition, row.target, row.action) for row in steps)
    return Terms(version.id, version.acknowledge_minutes, version.answer_minutes, ladder)


def _row(version_id: UUID, position: int, step: Step) -> LadderStep:
    return LadderStep(
        version_id=version_id,
        position=position,
        after_minutes=step.after_minutes,
        condition=step.condition,
        target=step.target,
        action=step.action,
    )
