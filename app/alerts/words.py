"""The words of alerts as people read them, in their language."""

from flask_babel import gettext as _

from app.alerts.policies import DEFAULT_NAME
from app.alerts.rules import CallOutcome, Deed, Dismissal, Grade, Phase, RootCause, Severity


def phase_words() -> dict[str, str]:
    """The three words for where an alert stands."""
    return {Phase.NEW: _("New"), Phase.IN_HAND: _("In hand"), Phase.DONE: _("Done")}


def policy_name(name: str) -> str:
    """A policy's name: the one that we gave in the reader's language, a chain's own as it was written."""
    return _("30 minutes") if name == DEFAULT_NAME else name


def severity_words() -> dict[str, str]:
    """How grave it is."""
    return {
        Severity.CRITICAL: _("Critical"),
        Severity.HIGH: _("High"),
        Severity.NORMAL: _("Normal"),
        Severity.LOW: _("Low"),
    }


def grade_words() -> dict[str, str]:
    """How well an answer is proved."""
    return {
        Grade.CONFIRMED: _("Answer confirmed"),
        Grade.DECLARED: _("Answer declared"),
        Grade.UNREAD: _("Reply not opened yet"),
    }


def call_words() -> dict[str, str]:
    """How a call ended."""
    return {CallOutcome.SPOKEN: _("We spoke"), CallOutcome.NO_ANSWER: _("No answer")}


def dismissal_words() -> dict[str, str]:
    """Why an alert was no complaint; a correction is the shopper's and cannot be chosen."""
    return {
        Dismissal.NOT_A_COMPLAINT: _("Not a complaint"),
        Dismissal.SPAM: _("Spam"),
        Dismissal.DUPLICATE: _("Duplicate"),
        Dismissal.TEST: _("Test"),
    }


def cause_groups() -> list[tuple[str, dict[str, str]]]:
    """Root causes under their headings, in the order of the form."""
    return [
        (_("People"), _people()),
        (_("Process"), _process()),
        (_("Product"), _product()),
        (_("Price and promotions"), _price()),
        (_("Place"), _place()),
        (_("Systems and partners"), _systems()),
        (_("Other"), _others()),
    ]


def cause_words() -> dict[str, str]:
    """Every root cause."""
    return {key: words for _group, causes in cause_groups() for key, words in causes.items()}


def deed_words() -> dict[str, str]:
    """What a line of the history says."""
    return {
        Deed.OPENED: _("Opened"),
        Deed.COMPLETED: _("The shopper finished the answer"),
        Deed.RAISED: _("More serious than it looked"),
        Deed.CORRECTED: _("The shopper corrected the rating"),
        Deed.NOTIFIED: _("People told"),
        Deed.NOBODY: _("Nobody to tell at this level"),
        Deed.BREACHED: _("Not answered in time"),
        Deed.REASSIGNED: _("Passed on"),
        Deed.ACKNOWLEDGED: _("Taken"),
        Deed.CALLED: _("Called"),
        Deed.REPLIED: _("Reply written"),
        Deed.DELIVERED: _("Reply delivered"),
        Deed.UNDELIVERED: _("Reply could not be delivered"),
        Deed.SEEN: _("The shopper opened the reply"),
        Deed.WROTE: _("The shopper wrote"),
        Deed.NOTED: _("Note"),
        Deed.ANSWERED: _("Answered"),
        Deed.RESOLVED: _("Resolved"),
        Deed.DISMISSED: _("Dismissed"),
        Deed.CLOSED: _("Closed"),
        Deed.REOPENED: _("Reopened"),
    }


def _people() -> dict[str, str]:
    return {
        RootCause.ATTITUDE: _("Attitude"),
        RootCause.KNOWLEDGE: _("Knowledge"),
        RootCause.ERROR: _("Human error"),
        RootCause.UNDERSTAFFED: _("Too few people"),
    }


def _process() -> dict[str, str]:
    return {
        RootCause.QUEUE: _("Queue organisation"),
        RootCause.RETURNS: _("Returns procedure"),
        RootCause.HAND_OVER: _("Order hand-over"),
        RootCause.INFORMATION: _("Information not passed on"),
    }


def _product() -> dict[str, str]:
    return {
        RootCause.DEFECT: _("Defect"),
        RootCause.DESCRIPTION: _("Wrong description"),
        RootCause.OUT_OF_STOCK: _("Out of stock"),
        RootCause.EXPIRED: _("Expired"),
    }


def _price() -> dict[str, str]:
    return {
        RootCause.SHELF_PRICE: _("Shelf price differs from till"),
        RootCause.PROMO_TERMS: _("Promotion terms"),
        RootCause.BONUS: _("Bonus not credited"),
    }


def _place() -> dict[str, str]:
    return {
        RootCause.CLEANLINESS: _("Cleanliness"),
        RootCause.CLIMATE: _("Climate"),
        RootCause.ACCESS: _("Access"),
        RootCause.SAFETY: _("Safety"),
    }


def _systems() -> dict[str, str]:
    return {
        RootCause.TILL: _("Till or terminal"),
        RootCause.SITE: _("Site or app"),
        RootCause.MESSAGING: _("Messages"),
        RootCause.COURIER: _("Courier"),
        RootCause.REPAIR: _("Repair centre"),
        RootCause.LANDLORD: _("Mall or landlord"),
    }


def _others() -> dict[str, str]:
    return {
        RootCause.POLICY: _("Head-office rule"),
        RootCause.MISUNDERSTANDING: _("Misunderstanding"),
        RootCause.NOT_REPRODUCED: _("Could not be found out"),
    }
