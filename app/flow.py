"""Read this first: for each event, what happens now (same transaction) and what later (jobs, by workers)."""

from app.alerts.actions import (
    follow_completion,
    open_for_comment,
    open_for_rating,
    reconsider_rating,
    release_alerts,
)
from app.classification.actions import request_classification
from app.events import EventName, Flow, Reaction
from app.notifications.actions import queue_notifications
from app.webhooks.actions import promise_deliveries, queue_notices

JUDGE = "judge_pending_comments"
EXPLAIN = "explain_verdicts"
NOTIFY = "send_due_notifications"
REPLY = "send_due_replies"
TRY = "send_due_trials"
DELIVER = "deliver_webhooks"
TELL_OWNERS = "send_due_endpoint_notices"
ACCOUNT_MAIL = "send_due_account_mail"
PRINT = "make_print_runs"

FLOW: Flow = {
    # A shopper taps a rating: a bad one opens an alert at once. Systems of the chain hear of public events.
    EventName.RESPONSE_RECEIVED: Reaction(now=(promise_deliveries, open_for_rating)),
    EventName.RESPONSE_CORRECTED: Reaction(now=(reconsider_rating,)),
    # The comment arrives: its classification is promised, and the alert learns whether it can be answered.
    EventName.RESPONSE_COMPLETED: Reaction(now=(request_classification, follow_completion), later=(JUDGE,)),
    # The comment was read, or a person corrected the verdict: a complaint under a good rating opens an alert
    # too, a sign of danger raises one. Which words decided can wait.
    EventName.RESPONSE_CLASSIFIED: Reaction(now=(promise_deliveries, open_for_comment), later=(EXPLAIN,)),
    # The clock runs in rows (alert_timers); a step that fires names the people to tell.
    EventName.ALERT_OPENED: Reaction(now=(promise_deliveries,)),
    EventName.ALERT_NOTIFIED: Reaction(now=(queue_notifications,), later=(NOTIFY,)),
    EventName.ALERT_ACKNOWLEDGED: Reaction(now=(promise_deliveries,)),
    EventName.REPLY_WRITTEN: Reaction(later=(REPLY,)),
    EventName.ALERT_ANSWERED: Reaction(now=(promise_deliveries,)),
    EventName.ALERT_BREACHED: Reaction(now=(promise_deliveries,)),
    EventName.SHOPPER_WROTE: Reaction(),
    EventName.ALERT_REOPENED: Reaction(),
    EventName.ALERT_RESOLVED: Reaction(),
    # A member tries a channel of theirs.
    EventName.TRIAL_REQUESTED: Reaction(later=(TRY,)),
    EventName.ALERT_CLOSED: Reaction(now=(promise_deliveries,)),
    # An endpoint wants one of these events. A receiver that only fails is given up, and the owners hear.
    EventName.DELIVERY_PROMISED: Reaction(later=(DELIVER,)),
    EventName.ENDPOINT_DISABLED: Reaction(now=(queue_notices,), later=(TELL_OWNERS,)),
    # The team changes: who was asked gets a letter; whoever left, or sees less, gives back what they held.
    EventName.MEMBER_INVITED: Reaction(later=(ACCOUNT_MAIL,)),
    EventName.MEMBER_CHANGED: Reaction(now=(release_alerts,)),
    # Apart from the loop: many cards are printed into one file while the member looks on.
    EventName.PRINT_RUN_ORDERED: Reaction(later=(PRINT,)),
}
