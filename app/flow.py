"""Read this first: for each event, what happens now (same transaction) and what later (jobs, by workers)."""

from app.alerts.actions import follow_completion, open_for_comment, open_for_rating, reconsider_rating
from app.classification.actions import request_classification
from app.events import EventName, Flow, Reaction
from app.notifications.actions import queue_notifications

JUDGE = "judge_pending_comments"
NOTIFY = "send_due_notifications"
REPLY = "send_due_replies"
PRINT = "make_print_runs"

FLOW: Flow = {
    # A shopper taps a rating: a bad one opens an alert at once.
    EventName.RESPONSE_RECEIVED: Reaction(now=(open_for_rating,)),
    EventName.RESPONSE_CORRECTED: Reaction(now=(reconsider_rating,)),
    # The comment arrives: its classification is promised, and the alert learns whether it can be answered.
    EventName.RESPONSE_COMPLETED: Reaction(now=(request_classification, follow_completion), later=(JUDGE,)),
    # The model has read it: a complaint under a good rating opens an alert too.
    EventName.RESPONSE_CLASSIFIED: Reaction(now=(open_for_comment,)),
    # The clock runs in rows (alert_timers); a step that fires names the people to tell.
    EventName.ALERT_OPENED: Reaction(),
    EventName.ALERT_NOTIFIED: Reaction(now=(queue_notifications,), later=(NOTIFY,)),
    EventName.ALERT_ACKNOWLEDGED: Reaction(),
    EventName.REPLY_WRITTEN: Reaction(later=(REPLY,)),
    EventName.ALERT_ANSWERED: Reaction(),
    EventName.ALERT_BREACHED: Reaction(),
    EventName.SHOPPER_WROTE: Reaction(),
    EventName.ALERT_REOPENED: Reaction(),
    EventName.ALERT_RESOLVED: Reaction(),
    EventName.ALERT_CLOSED: Reaction(),
    # Apart from the loop: many cards are printed into one file while the member looks on.
    EventName.PRINT_RUN_ORDERED: Reaction(later=(PRINT,)),
}
