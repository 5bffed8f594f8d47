"""States, severities, ladder words and root causes of alerts; what may follow what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from app.classification.rules import CRITICAL_FLAGS, Flag, SaidFlag

HOLD = timedelta(seconds=90)
CLOSES_AFTER = timedelta(days=7)
ATTEMPT_COUNTS = timedelta(minutes=20)
SOON = timedelta(minutes=10)


class AlertState(StrEnum):
    """Where an alert stands. The page shows three words for them: new, in hand, done."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    RESOLVED = "resolved"
    CLOSED = "closed"
    DISMISSED = "dismissed"


OPEN_STATES = (AlertState.NEW, AlertState.ACKNOWLEDGED, AlertState.ANSWERED)
DONE_STATES = (AlertState.RESOLVED, AlertState.CLOSED, AlertState.DISMISSED)


class Phase(StrEnum):
    """The three words of the manager's page."""

    NEW = "new"
    IN_HAND = "in_hand"
    DONE = "done"


PHASES: dict[Phase, tuple[AlertState, ...]] = {
    Phase.NEW: (AlertState.NEW,),
    Phase.IN_HAND: (AlertState.ACKNOWLEDGED, AlertState.ANSWERED),
    Phase.DONE: DONE_STATES,
}


class Severity(StrEnum):
    """How much is at stake."""

    CRITICAL = "critical"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


# From the least to the most that is at stake.
SEVERITY_ORDER = (Severity.LOW, Severity.NORMAL, Severity.HIGH, Severity.CRITICAL)
# Signs that somebody expects to be called, or is about to be lost.
PRESSING_FLAGS = frozenset({Flag.CALLBACK_REQUEST, Flag.CHURN_INTENT, Flag.REPEAT_COMPLAINT})


class Reason(StrEnum):
    """What opened the alert."""

    RATING = "rating"
    COMMENT = "comment"


class Condition(StrEnum):
    """When a ladder step applies; it is read again at the moment the step is due."""

    ALWAYS = "always"
    NOT_ACKNOWLEDGED = "not_acknowledged"
    NOT_ANSWERED = "not_answered"


class Target(StrEnum):
    """Whom a ladder step reaches."""

    STORE_MANAGERS = "store_managers"
    REGIONAL_MANAGERS = "regional_managers"
    OWNERS = "owners"
    ASSIGNEE = "assignee"


NEXT_LEVEL = {
    Target.ASSIGNEE: Target.STORE_MANAGERS,
    Target.STORE_MANAGERS: Target.REGIONAL_MANAGERS,
    Target.REGIONAL_MANAGERS: Target.OWNERS,
}


class StepAction(StrEnum):
    """What a ladder step does. `reassign` moves ownership and marks a breach."""

    NOTIFY = "notify"
    REASSIGN = "reassign"
    CLOSE = "close"


class Grade(StrEnum):
    """How well an answer to the shopper is proved."""

    CONFIRMED = "confirmed"
    DECLARED = "declared"
    UNREAD = "unread"


GRADE_ORDER = (Grade.UNREAD, Grade.DECLARED, Grade.CONFIRMED)


class Deed(StrEnum):
    """A line of an alert's history."""

    OPENED = "opened"
    COMPLETED = "completed"
    RAISED = "raised"
    CORRECTED = "corrected"
    NOTIFIED = "notified"
    NOBODY = "nobody"
    BREACHED = "breached"
    REASSIGNED = "reassigned"
    ACKNOWLEDGED = "acknowledged"
    CALLED = "called"
    REPLIED = "replied"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    SEEN = "seen"
    WROTE = "wrote"
    NOTED = "noted"
    ANSWERED = "answered"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"
    CLOSED = "closed"
    REOPENED = "reopened"


class Author(StrEnum):
    """Who wrote a message of the thread."""

    SHOPPER = "shopper"
    STORE = "store"


class Via(StrEnum):
    """How a message travels."""

    RETURN_PAGE = "return_page"
    EMAIL = "email"


class CallOutcome(StrEnum):
    """How a call to the shopper ended; only `spoken` answers."""

    SPOKEN = "spoken"
    NO_ANSWER = "no_answer"


class Dismissal(StrEnum):
    """Why an alert was no complaint."""

    SPAM = "spam"
    DUPLICATE = "duplicate"
    TEST = "test"
    NOT_A_COMPLAINT = "not_a_complaint"
    CORRECTED = "corrected"


# Why an alert was passed on to nobody in particular: whoever held it may not answer it any more.
LEFT = "left"


class RootCause(StrEnum):
    """Why it happened: separate from the topic, which is what the shopper said."""

    ATTITUDE = "people_attitude"
    KNOWLEDGE = "people_knowledge"
    ERROR = "people_error"
    UNDERSTAFFED = "people_understaffed"
    QUEUE = "process_queue"
    RETURNS = "process_returns"
    HAND_OVER = "process_hand_over"
    INFORMATION = "process_information"
    DEFECT = "product_defect"
    DESCRIPTION = "product_description"
    OUT_OF_STOCK = "product_out_of_stock"
    EXPIRED = "product_expired"
    SHELF_PRICE = "price_shelf"
    PROMO_TERMS = "price_promo_terms"
    BONUS = "price_bonus"
    CLEANLINESS = "place_cleanliness"
    CLIMATE = "place_climate"
    ACCESS = "place_access"
    SAFETY = "place_safety"
    TILL = "platform_till"
    SITE = "platform_site"
    MESSAGING = "platform_messaging"
    COURIER = "partner_courier"
    REPAIR = "partner_repair"
    LANDLORD = "partner_landlord"
    POLICY = "policy_head_office"
    MISUNDERSTANDING = "shopper_misunderstanding"
    NOT_REPRODUCED = "shopper_not_reproduced"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a ladder: after so many working minutes from opening, if the condition holds."""

    after_minutes: int
    condition: Condition
    target: Target
    action: StepAction

    @classmethod
    def of(cls, after_minutes: int, condition: str, target: str, action: str) -> "Step":
        """A step from the words that a row keeps."""
        return cls(after_minutes, Condition(condition), Target(target), StepAction(action))


DEFAULT_ACKNOWLEDGE_MINUTES = 10
DEFAULT_ANSWER_MINUTES = 30
DEFAULT_LADDER = (
    Step(0, Condition.NOT_ACKNOWLEDGED, Target.STORE_MANAGERS, StepAction.NOTIFY),
    Step(10, Condition.NOT_ACKNOWLEDGED, Target.STORE_MANAGERS, StepAction.NOTIFY),
    Step(20, Condition.NOT_ANSWERED, Target.REGIONAL_MANAGERS, StepAction.NOTIFY),
    Step(30, Condition.NOT_ACKNOWLEDGED, Target.REGIONAL_MANAGERS, StepAction.NOTIFY),
    Step(30, Condition.NOT_ANSWERED, Target.REGIONAL_MANAGERS, StepAction.REASSIGN),
    Step(60, Condition.NOT_ANSWERED, Target.OWNERS, StepAction.NOTIFY),
)
# Danger does not wait for opening hours, nor for the store: minutes on the wall clock, from the region up.
CRITICAL_ACKNOWLEDGE_MINUTES = 5
CRITICAL_ANSWER_MINUTES = 15
CRITICAL_LADDER = (
    Step(0, Condition.NOT_ACKNOWLEDGED, Target.REGIONAL_MANAGERS, StepAction.NOTIFY),
    Step(1, Condition.NOT_ACKNOWLEDGED, Target.STORE_MANAGERS, StepAction.NOTIFY),
    Step(5, Condition.NOT_ACKNOWLEDGED, Target.OWNERS, StepAction.NOTIFY),
    Step(15, Condition.NOT_ANSWERED, Target.REGIONAL_MANAGERS, StepAction.REASSIGN),
    Step(30, Condition.NOT_ANSWERED, Target.OWNERS, StepAction.NOTIFY),
)


def severity_of_rating(rating: int) -> Severity:
    """NPS 0 to 3 is high, 4 to 6 normal; a better rating opens an alert only through its comment."""
    return Severity.HIGH if rating <= 3 else Severity.NORMAL


def severity_of(rating: int, *, wants_call: bool) -> Severity:
    """A complaint with a contact means "call me back", which is high whatever the rating."""
    return Severity.HIGH if wants_call else severity_of_rating(rating)


def severity_of_flags(flags: Iterable[SaidFlag]) -> Severity | None:
    """A critical flag that is certain enough wakes somebody; one that is not, and a pressing one, is high."""
    found = list(flags)
    if any(one.flag in CRITICAL_FLAGS and one.is_certain for one in found):
        return Severity.CRITICAL
    if any(one.flag in CRITICAL_FLAGS | PRESSING_FLAGS for one in found):
        return Severity.HIGH
    return None


def worse(one: str, other: str | None) -> Severity:
    """The more severe of two; the first where there is no other."""
    return max(Severity(one), Severity(other or one), key=SEVERITY_ORDER.index)


def better(grade: str | None, other: str) -> Grade:
    """The stronger of two proofs of an answer."""
    return max(Grade(grade or other), Grade(other), key=GRADE_ORDER.index)


def phase_of(state: str) -> Phase:
    """The word that the page shows for a state."""
    return next(phase for phase, states in PHASES.items() if state in states)


def holds(condition: str, state: str, *, is_reachable: bool) -> bool:
    """Whether a step's condition is true now. A bare tap never runs the "not answered" steps."""
    if state in DONE_STATES:
        return False
    match Condition(condition):
        case Condition.ALWAYS:
            return True
        case Condition.NOT_ACKNOWLEDGED:
            return state == AlertState.NEW
        case Condition.NOT_ANSWERED:
            return is_reachable and state != AlertState.ANSWERED


class Urgency(StrEnum):
    """How a running clock looks."""

    ASLEEP = "asleep"
    CALM = "calm"
    SOON = "soon"
    LATE = "late"


def urgency(deadline: datetime, opens_at: datetime | None, *, now: datetime) -> Urgency:
    """Late from the deadline on, soon in its last ten minutes, asleep until the store opens."""
    if now >= deadline:
        return Urgency.LATE
    if opens_at is not None and now < opens_at < deadline:
        return Urgency.ASLEEP
    return Urgency.SOON if deadline - now <= SOON else Urgency.CALM


def whole_minutes(span: timedelta) -> int:
    """A span in minutes, begun ones counted, never under one: no clock here shows seconds or nought."""
    return max(1, ceil(abs(span.total_seconds()) / 60))
