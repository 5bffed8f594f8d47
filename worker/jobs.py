"""The jobs that `app.flow` calls later. Each does whatever is due of its kind; run twice, it does nothing."""

from collections.abc import Callable
from datetime import timedelta

from app import clock
from app.accounts.letters import send_due_account_mail as send_account_mail
from app.alerts.actions import send_due_replies as send_replies
from app.channels.http import own_guard
from app.classification.actions import judge_pending
from app.classification.explaining import explain_pending
from app.notifications.actions import send_due_notifications as send_notifications
from app.notifications.actions import send_due_trials as send_trials
from app.printing.actions import make_due_runs
from app.web.settings import settings
from app.webhooks.actions import send_due_endpoint_notices as send_notices
from worker.classifying import current_classifier
from worker.delivering import deliver_until
from worker.renewing import renew

# Well below the time that RQ gives a job: one that is cut off may send a message twice.
LONGEST = timedelta(seconds=30)


def judge_pending_comments() -> None:
    """Judge every comment that waits, a batch at a time; then what a former model has judged, once more."""
    _until_none_is_left(_judge_some)


def _judge_some() -> int:
    judged = judge_pending(current_classifier(), now=clock.now())
    return judged or renew(current_classifier(), now=clock.now())


def explain_verdicts() -> None:
    """Find the words that decided, a few verdicts at a time; comments that wait for a verdict go first."""
    _until_none_is_left(_explain_some)


def _explain_some() -> int:
    judged = judge_pending(current_classifier(), now=clock.now())
    return judged + explain_pending(current_classifier(), now=clock.now())


def send_due_notifications() -> None:
    """Send every notification that is due."""
    own = settings()
    _until_none_is_left(lambda: send_notifications(own.secret_key, own.base_url, now=clock.now()))


def send_due_replies() -> None:
    """Send every e-mail reply to a shopper that is due."""
    own = settings()
    _until_none_is_left(lambda: send_replies(own.secret_key, own.base_url, now=clock.now()))


def send_due_trials() -> None:
    """Send every test message that is due."""
    _until_none_is_left(lambda: send_trials(now=clock.now()))


def deliver_webhooks() -> None:
    """Deliver every webhook that is due."""
    deliver_until(clock.now() + LONGEST, settings().secret_key, own_guard())


def send_due_endpoint_notices() -> None:
    """Tell owners of every endpoint that was given up."""
    _until_none_is_left(lambda: send_notices(settings().base_url, now=clock.now()))


def send_due_account_mail() -> None:
    """Send every letter about an account that is due."""
    own = settings()
    _until_none_is_left(lambda: send_account_mail(own, now=clock.now()))


def make_print_runs() -> None:
    """Make every print run that waits, the oldest first."""
    _until_none_is_left(lambda: make_due_runs(settings().base_url, clock.now))


def _until_none_is_left(work: Callable[[], int]) -> None:
    """What the time does not suffice for stays due, and the sweep tells of it again."""
    until = clock.now() + LONGEST
    while work() and clock.now() < until:
        pass


JOBS: dict[str, Callable[[], None]] = {
    job.__name__: job
    for job in (
        judge_pending_comments,
        explain_verdicts,
        send_due_notifications,
        send_due_replies,
        send_due_trials,
        send_due_account_mail,
        deliver_webhooks,
        send_due_endpoint_notices,
        make_print_runs,
    )
}
