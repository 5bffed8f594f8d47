"""The filter of responses, read from the address: checked values, and the words of what is wrong."""

from flask_babel import gettext as _

from app.classification.rules import Flag, Sentiment, Topic
from app.insight.queries.responses import PENDING, Wanted
from app.insight.rules import Group
from app.stores.filters import STORE_FIELDS
from app.stores.queries import StoreFilter
from app.text import grapheme_count
from app.web.filters import Filters

SEARCH_GRAPHEMES = 500
SENTIMENTS = (*Sentiment, PENDING)
RESPONSE_FIELDS = (
    "q",
    *STORE_FIELDS,
    "group",
    "sentiment",
    "topic",
    "flag",
    "comment",
    "verified",
    "from",
    "to",
)


def read_wanted(filters: Filters, stores: StoreFilter, zone: str) -> Wanted:
    """The filter of responses; days are days in `zone`. What is wrong with it stands in `filters.faults`."""
    raw = filters.raw
    if grapheme_count(raw["q"]) > SEARCH_GRAPHEMES:
        filters.faults["q"] = _("Search for at most %(count)s characters.", count=SEARCH_GRAPHEMES)
    filters.check("sentiment", SENTIMENTS)
    since, until = filters.span("from", "to", zone)
    return Wanted(
        stores=stores,
        group=Group(raw["group"]) if filters.check("group", list(Group)) else None,
        sentiment=raw["sentiment"] or None,
        topic=Topic(raw["topic"]) if filters.check("topic", list(Topic)) else None,
        flag=Flag(raw["flag"]) if filters.check("flag", list(Flag)) else None,
        has_comment=bool(raw["comment"]),
        is_verified=bool(raw["verified"]),
        words=raw["q"],
        since=since,
        until=until,
    )
