"""Plays the month: taps, comments, verdicts, deadlines and moves in the order of time."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from random import Random
from typing import Protocol
from uuid import UUID

from sqlalchemy import select

from app.alerts.actions import fire_steps_of
from app.alerts.models import Alert, AlertTimer
from app.alerts.queries import find_alert_of
from app.alerts.rules import AlertState, holds
from app.classification.actions import Verdict, give_verdict
from app.classification.queries import find_classification
from app.contacts.actions import Keeping
from app.db import OrganisationSession
from app.demo.founding import Chain, StoreAtWork
from app.demo.handling import Case, Move, Step, plan_steps
from app.demo.moves import Stage, make_move
from app.demo.receipts import mint_receipt
from app.demo.visits import Visit
from app.ids import new_key
from app.invitations.models import Invitation
from app.responses.actions import Completion, ResponseDraft, complete_response, record_response
from app.responses.models import Response
from app.responses.queries import get_response_by_key
from app.responses.rules import Channel, is_negative

_SECOND = timedelta(seconds=1)
_CORRECTED_AFTER = 20 * _SECOND
_JUDGED_AFTER = 2 * _SECOND
_NOTICED_AFTER = 30 * _SECOND

Scripts = Mapping[Visit, Sequence[Step]]


class _Act(Protocol):
    def __call__(self, *, now: datetime) -> None: ...


class History:
    """A month in one transaction: it is there whole or not at all, and no process sees half of it."""

    def __init__(
        self,
        session: OrganisationSession,
        chain: Chain,
        verdicts: Mapping[str, Verdict],
        *,
        keeping: Keeping,
        chance: Random,
    ) -> None:
        """Nothing has happened yet."""
        self._session = session
        self._chain = chain
        self._verdicts = verdicts
        self._keeping = keeping
        self._chance = chance
        self._scripts: Scripts = {}
        self._agenda: list[tuple[datetime, int, _Act]] = []
        self._count = 0
        self._watched: set[tuple[UUID, datetime]] = set()
        self._alerts: dict[UUID, Alert] = {}

    def play(
        self,
        visits: Iterable[Visit],
        scripts: Scripts,
        until: datetime,
        tell: Callable[[datetime], None],
    ) -> None:
        """Everything that happens until an instant; what lies after it stays due for the live processes.

        An alert whose visit has a script is handled by it, the others by chance.
        """
        self._scripts = scripts
        for visit in (*visits, *scripts):
            self._plan(visit.at, partial(self._tap, visit))
        while self._agenda and self._agenda[0][0] <= until:
            at, _, act = heappop(self._agenda)
            act(now=at)
            tell(at)
        self._fire_the_rest(until)
        self._session.flush()

    def _plan(self, at: datetime, act: _Act) -> None:
        self._count += 1  # things of the same instant keep the order in which they were planned
        heappush(self._agenda, (at, self._count, act))

    def _store(self, visit: Visit) -> StoreAtWork:
        return self._chain.stores[visit.store]

    def _tap(self, visit: Visit, *, now: datetime) -> None:
        key = new_key()
        invitation = mint_receipt(self._session, visit, self._store(visit), self._keeping, now=now)
        draft = self._draft(visit, key, invitation)
        record_response(self._session, draft, now=now)
        if visit.meant is not None:
            self._plan(now + _CORRECTED_AFTER, partial(self._correct, replace(draft, rating=visit.meant)))
        if visit.comment or visit.contact:
            self._plan(now + visit.typing_seconds * _SECOND, partial(self._complete, visit, key))
        elif is_negative(visit.rating):
            self._follow(get_response_by_key(self._session, key), visit, now=now)

    def _correct(self, draft: ResponseDraft, *, now: datetime) -> None:
        record_response(self._session, draft, now=now)

    def _complete(self, visit: Visit, key: str, *, now: datetime) -> None:
        completion = Completion(visit.comment, visit.contact)
        response = complete_response(self._session, key, completion, self._keeping, now=now)
        if visit.comment:
            self._plan(now + _JUDGED_AFTER, partial(self._judge, visit, response))
        if is_negative(visit.rating):
            self._follow(response, visit, now=now)

    def _judge(self, visit: Visit, response: Response, *, now: datetime) -> None:
        row = find_classification(self._session, response.id)
        if row is None or visit.comment is None:
            return
        verdict = self._verdicts[visit.comment]
        give_verdict(self._session, row, verdict, visit.comment, now=now)
        alert = find_alert_of(self._session, response.id)
        if alert and alert.id in self._alerts:
            self._watch(alert, now=now)
        elif alert:
            self._follow(response, visit, now=now)

    def _follow(self, response: Response, visit: Visit, *, now: datetime) -> None:
        """The response has opened an alert: plan its ladder and its handling."""
        alert = find_alert_of(self._session, response.id)
        if alert:
            self._alerts[alert.id] = alert
            self._watch(alert, now=now)
            self._hand_over(alert, visit, now=now)

    def _hand_over(self, alert: Alert, visit: Visit, *, now: datetime) -> None:
        """Plan what people will do with the alert, at their store's pace and in its hours."""
        store = self._store(visit)
        is_praise = visit.about == "praise"
        case = Case(alert.is_reachable, visit.contact is not None, is_praise, store.plan.mood.slowness)
        steps = self._scripts.get(visit)
        for step in plan_steps(case, self._chance) if steps is None else steps:
            at = store.calendar.add_working_minutes(alert.opened_at, int(step.minutes))
            at += int(step.minutes % 1 * 60) * _SECOND
            stage = Stage(alert, store, visit, self._chance)
            self._plan(max(at, now + _NOTICED_AFTER), partial(self._move, stage, step))

    def _move(self, stage: Stage, step: Step, *, now: datetime) -> None:
        make_move(self._session, stage, step.move, now=now)
        if step.move in (Move.RESOLVE, Move.WRITE_BACK):
            self._watch(stage.alert, now=now)

    def _watch(self, alert: Alert, *, now: datetime) -> None:
        """Plan the steps of the ladder that are due from here on."""
        due = self._session.scalars(
            select(AlertTimer).where(AlertTimer.alert_id == alert.id, AlertTimer.due_at.is_not(None))
        )
        for timer in due:
            if timer.due_at and (timer.id, timer.due_at) not in self._watched:
                self._watched.add((timer.id, timer.due_at))
                self._plan(max(timer.due_at, now), partial(self._fire, alert, timer.condition))

    def _fire(self, alert: Alert, condition: str, *, now: datetime) -> None:
        # A step that no longer applies would only be marked so: at the end that is done for all at once.
        if alert.state == AlertState.RESOLVED or holds(
            condition, alert.state, is_reachable=alert.is_reachable
        ):
            fire_steps_of(self._session, alert, now=now)

    def _fire_the_rest(self, until: datetime) -> None:
        """Steps passed over because they no longer applied are marked so: the ticker finds none of them."""
        due = select(AlertTimer.alert_id).where(AlertTimer.due_at <= until).distinct()
        for alert_id in self._session.scalars(due).all():
            fire_steps_of(self._session, self._alerts[alert_id], now=until)

    def _draft(self, visit: Visit, key: str, invitation: Invitation | None) -> ResponseDraft:
        store = self._store(visit)
        door = store.doors[visit.place]
        return ResponseDraft(
            key=key,
            store_id=store.row.id,
            touchpoint_id=invitation.touchpoint_id if invitation else door.touchpoint_id,
            qr_code_id=None if invitation else door.code_id,
            survey_version_id=self._chain.version_id,
            channel=Channel.RECEIPT if invitation else Channel.QR,
            language=visit.language,
            rating=visit.rating,
            invitation_id=invitation.id if invitation else None,
        )
