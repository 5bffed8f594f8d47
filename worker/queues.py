"""Queues, one for each kind of work, and the jobs in each. A worker serves one queue: RQ then loses none."""

from app.flow import JUDGE, NOTIFY, PRINT, REPLY

CLASSIFY = "classify"
NOTIFICATIONS = "notifications"
BULK = "bulk"

QUEUE_OF: dict[str, str] = {JUDGE: CLASSIFY, NOTIFY: NOTIFICATIONS, REPLY: NOTIFICATIONS, PRINT: BULK}
QUEUES = tuple(dict.fromkeys(QUEUE_OF.values()))

# What takes long and keeps nobody from being told: never done in the place of a message.
PATIENT = frozenset({PRINT})
# A print run of the largest size takes less than a minute on a slow machine.
JOB_SECONDS = {CLASSIFY: 60, NOTIFICATIONS: 60, BULK: 600}
