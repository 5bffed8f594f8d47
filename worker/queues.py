"""Queues, one for each kind of work, and the jobs in each. A worker serves one queue: RQ then loses none."""

from app.flow import DELIVER, JUDGE, NOTIFY, REPLY, TELL_OWNERS

CLASSIFY = "classify"
NOTIFICATIONS = "notifications"
WEBHOOKS = "webhooks"

QUEUE_OF: dict[str, str] = {
    JUDGE: CLASSIFY,
    NOTIFY: NOTIFICATIONS,
    REPLY: NOTIFICATIONS,
    TELL_OWNERS: NOTIFICATIONS,
    DELIVER: WEBHOOKS,
}
QUEUES = tuple(dict.fromkeys(QUEUE_OF.values()))

JOB_SECONDS = {CLASSIFY: 60, NOTIFICATIONS: 60, WEBHOOKS: 90}

# Jobs that wait for strangers. Where no worker does them, the ticker does, in a loop of their own.
SLOW = frozenset({DELIVER})
