"""Queues, one for each kind of work, and the jobs in each. A worker serves one queue: RQ then loses none."""

from app.flow import ACCOUNT_MAIL, DELIVER, EXPLAIN, JUDGE, NOTIFY, PRINT, REPLY, TELL_OWNERS, TRY

CLASSIFY = "classify"
NOTIFICATIONS = "notifications"
WEBHOOKS = "webhooks"
BULK = "bulk"

QUEUE_OF: dict[str, str] = {
    JUDGE: CLASSIFY,
    EXPLAIN: CLASSIFY,
    NOTIFY: NOTIFICATIONS,
    REPLY: NOTIFICATIONS,
    TRY: NOTIFICATIONS,
    TELL_OWNERS: NOTIFICATIONS,
    DELIVER: WEBHOOKS,
    PRINT: BULK,
    ACCOUNT_MAIL: NOTIFICATIONS,
}
QUEUES = tuple(dict.fromkeys(QUEUE_OF.values()))

# A print run of the largest size takes less than a minute on a slow machine.
JOB_SECONDS = {CLASSIFY: 60, NOTIFICATIONS: 60, WEBHOOKS: 90, BULK: 600}

# Jobs that wait for strangers or take long. Where no worker does them, the ticker has a loop for each; only
# the words that decided wait for a worker, which has the model.
SLOW = frozenset({DELIVER, PRINT, EXPLAIN})
