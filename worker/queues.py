"""Queues, one for each kind of work, and the jobs in each. A worker serves one queue: RQ then loses none."""

from app.flow import ACCOUNT_MAIL, JUDGE, NOTIFY, REPLY

CLASSIFY = "classify"
NOTIFICATIONS = "notifications"

QUEUE_OF: dict[str, str] = {
    JUDGE: CLASSIFY,
    NOTIFY: NOTIFICATIONS,
    REPLY: NOTIFICATIONS,
    ACCOUNT_MAIL: NOTIFICATIONS,
}
QUEUES = tuple(dict.fromkeys(QUEUE_OF.values()))

JOB_SECONDS = {CLASSIFY: 60, NOTIFICATIONS: 60}
