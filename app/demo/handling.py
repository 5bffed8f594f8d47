"""What the managers of the demo do with an alert, and when: well in most stores, late in some."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random


class Move(StrEnum):
    """One thing that somebody does with an alert."""

    ACKNOWLEDGE = "acknowledge"
    CALL = "call"
    CALL_IN_VAIN = "call_in_vain"
    REPLY = "reply"
    NOTE = "note"
    RESOLVE = "resolve"
    DISMISS = "dismiss"
    LOOK = "look"
    WRITE_BACK = "write_back"


@dataclass(frozen=True, slots=True)
class Step:
    """A move, so many working minutes after the alert opened."""

    minutes: float
    move: Move


@dataclass(frozen=True, slots=True)
class Case:
    """What decides how an alert is handled."""

    is_reachable: bool
    has_contact: bool
    is_praise: bool
    slowness: float


def plan_steps(case: Case, chance: Random) -> list[Step]:
    """The whole handling of an alert in order."""
    if not case.is_reachable:
        return _tap(case, chance)
    lot = chance.random()
    taken = case.slowness * chance.triangular(1, 16, 4)
    answered = taken + case.slowness * chance.triangular(2, 28, 8)
    start = [Step(taken, Move.ACKNOWLEDGE)] if lot < 0.9 else []
    if case.is_praise or lot < 0.02:
        return [*start, Step(answered, Move.DISMISS)]
    if lot > 0.97:
        answered += 60 * chance.uniform(1, 5)
    return [*start, *_talk(case, answered, chance), *_settle(answered, chance)]


def _tap(case: Case, chance: Random) -> list[Step]:
    """A bare tap: somebody looks into it, and one tap closes it."""
    taken = case.slowness * chance.triangular(1, 30, 6)
    steps = [Step(taken, Move.ACKNOWLEDGE)]
    if chance.random() < 0.4:
        steps.append(Step(taken + 4, Move.NOTE))
    return [*steps, Step(taken + chance.triangular(5, 240, 20), Move.RESOLVE)]


def _talk(case: Case, answered: float, chance: Random) -> list[Step]:
    """By telephone where there is a contact, else on the return page, which some shoppers open."""
    if case.has_contact:
        in_vain = [Step(answered - 3, Move.CALL_IN_VAIN)] if chance.random() < 0.25 else []
        return [*in_vain, Step(answered, Move.CALL)]
    steps = [Step(answered, Move.REPLY)]
    if chance.random() < 0.45:
        steps.append(Step(answered + chance.triangular(2, 400, 30), Move.LOOK))
    return steps


def _settle(answered: float, chance: Random) -> list[Step]:
    """A root cause within a day or so; now and then the shopper writes once more."""
    settled = answered + chance.triangular(5, 900, 60)
    steps = [Step(settled, Move.RESOLVE)]
    if chance.random() < 0.5:
        steps.insert(0, Step(answered + 1, Move.NOTE))
    if chance.random() < 0.06:
        again = settled + chance.uniform(60, 900)
        steps.append(Step(again, Move.WRITE_BACK))
        steps += [Step(again + 15, Move.REPLY), Step(again + 90, Move.RESOLVE)]
    return steps
