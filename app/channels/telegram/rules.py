"""What the Bot API says, understood: tokens, refusals, lengths."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from app.channels import ChannelFailure

TEXT_UNITS = 4_096
PER_MINUTE = 1_500  # a bot may send about 30 messages a second
BLOCKED, CHAT_GONE = "blocked", "chat_gone"
_TOKEN = re.compile(r"[0-9]{5,20}:[A-Za-z0-9_-]{30,64}")
_MOST_WAIT = timedelta(hours=1)


def is_token(text: str) -> bool:
    """Whether it is spelt as BotFather spells tokens: a number, a colon, 35 letters and digits."""
    return _TOKEN.fullmatch(text) is not None


def may_be_a_button(url: str) -> bool:
    """Whether Telegram takes the address for a button: its host has to have a dot."""
    return "." in (urlsplit(url).hostname or "")


def fitted(text: str) -> str:
    """The text, cut where Telegram would refuse it: it counts in units of UTF-16."""
    if utf16_units(text) <= TEXT_UNITS:
        return text
    room = text.encode("utf-16-le")[: 2 * (TEXT_UNITS - 1)]
    return room.decode("utf-16-le", "ignore") + "…"


def utf16_units(text: str) -> int:
    """How long Telegram finds a text."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def failure_of(status: int, answer: Mapping[str, Any]) -> ChannelFailure:
    """What a refusal means: for this chat, for the bot, or only for now."""
    parameters = answer.get("parameters")
    hints: Mapping[str, Any] = parameters if isinstance(parameters, dict) else {}
    match status:
        case 429:
            return ChannelFailure("too_many", retry_after=_wait(hints.get("retry_after")))
        case 401 | 404:
            return ChannelFailure("token_refused", is_permanent=True)
        case 403:
            return ChannelFailure(BLOCKED, is_permanent=True, is_of_address=True)
        case 400:
            return _bad_request(str(answer.get("description", "")), hints)
        case 409:
            return ChannelFailure("heard_by_another")
    return ChannelFailure(f"telegram_{status}")


def _bad_request(description: str, hints: Mapping[str, Any]) -> ChannelFailure:
    moved_to = hints.get("migrate_to_chat_id")
    if isinstance(moved_to, int):
        return ChannelFailure("moved", is_of_address=True, moved_to=str(moved_to))
    is_gone = "chat not found" in description.lower()
    return ChannelFailure(CHAT_GONE if is_gone else "refused", is_permanent=True, is_of_address=True)


def _wait(seconds: object) -> timedelta:
    known = seconds if isinstance(seconds, int) and seconds > 0 else 1
    return min(timedelta(seconds=min(known, 10**6)), _MOST_WAIT)
