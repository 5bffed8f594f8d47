"""The outbox: what happened, who reacts at once, and what the workers hear of later."""

from app.events.actions import Flow, Reaction, record, use_flow
from app.events.catalogue import EventName
from app.events.models import Event

__all__ = ["Event", "EventName", "Flow", "Reaction", "record", "use_flow"]
