"""The Bot API: one method, one answer, over the guarded sender."""

import json
import re
from dataclasses import dataclass
from typing import Any

from app.channels import ChannelFailure
from app.channels.http import HttpReply, HttpRequest, send_http
from app.channels.telegram.rules import failure_of
from app.web.settings import settings

_JSON = {"Content-Type": "application/json"}
_FIRST_ID = re.compile(rb'"update_id"\s*:\s*(\d{1,18})')
_CHARACTERS_HEARD = 200


@dataclass(frozen=True, slots=True)
class Bot:
    """Who a token belongs to."""

    id: str
    username: str
    name: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """What somebody wrote to the bot."""

    chat_id: str
    is_private: bool
    text: str
    language: str
    name: str


@dataclass(frozen=True, slots=True)
class Update:
    """One thing that the bot was told of; what is no message of a person has no `incoming`."""

    id: int
    incoming: Incoming | None


def get_bot(token: str) -> Bot:
    """Whose token it is; raises `ChannelFailure` (``token_refused``)."""
    found = _call(token, "getMe")
    if not isinstance(found, dict) or not found.get("username"):
        raise ChannelFailure("garbage")
    return Bot(str(found["id"]), str(found["username"]), str(found.get("first_name", "")))


def is_heard_by_another(token: str) -> bool:
    """Whether the bot already reports to a webhook: then nobody else hears what it is told."""
    found = _call(token, "getWebhookInfo")
    return bool(isinstance(found, dict) and found.get("url"))


def next_update(token: str, first: int | None) -> Update | None:
    """The oldest update from that number on; asking also tells Telegram to forget those before it.

    One at a time: a long message is longer than what is read of an answer, and is then stepped over.
    """
    wishes: dict[str, Any] = {"limit": 1, "timeout": 0, "allowed_updates": ["message"]}
    reply = _post(token, "getUpdates", wishes if first is None else {**wishes, "offset": first})
    try:
        found = _result(reply)
    except ChannelFailure:
        cut = _FIRST_ID.search(reply.body) if reply.status == 200 else None
        if cut is None:
            raise
        return Update(int(cut[1]), None)
    if not isinstance(found, list):
        raise ChannelFailure("garbage")
    return _update(found[0]) if found else None


def send_message(token: str, chat_id: str, text: str, keyboard: list[list[dict[str, str]]] | None) -> None:
    """Send plain text: nothing in it is markup, and no link is looked into for a preview."""
    wishes: dict[str, Any] = {
        "chat_id": chat_id,
        "text": text,
        "link_preview_options": {"is_disabled": True},
    }
    if keyboard:
        wishes["reply_markup"] = {"inline_keyboard": keyboard}
    _call(token, "sendMessage", **wishes)


def _call(token: str, method: str, **wishes: Any) -> Any:
    return _result(_post(token, method, wishes))


def _post(token: str, method: str, wishes: dict[str, Any]) -> HttpReply:
    url = f"{settings().telegram_api_url}/bot{token}/{method}"
    return send_http(HttpRequest(url, headers=_JSON, body=json.dumps(wishes).encode()))


def _result(reply: HttpReply) -> Any:
    try:
        answer = json.loads(reply.body)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise ChannelFailure("garbage") if reply.status == 200 else failure_of(reply.status, {})
    if not answer.get("ok"):
        raise failure_of(reply.status, answer)
    return answer.get("result")


def _update(found: Any) -> Update:
    if not isinstance(found, dict) or not isinstance(found.get("update_id"), int):
        raise ChannelFailure("garbage")
    return Update(found["update_id"], _incoming(found.get("message")))


def _incoming(message: Any) -> Incoming | None:
    """A text that a person wrote; anything else that can be in a chat is nothing to us."""
    if not isinstance(message, dict) or not isinstance(message.get("text"), str):
        return None
    chat, sender = message.get("chat"), message.get("from")
    if not isinstance(chat, dict) or not isinstance(sender, dict) or not isinstance(chat.get("id"), int):
        return None
    return Incoming(
        chat_id=str(chat["id"]),
        is_private=chat.get("type") == "private",
        text=_whole(message["text"])[:_CHARACTERS_HEARD],
        language=str(sender.get("language_code", ""))[:2],
        name=_whole(str(sender.get("first_name", ""))),
    )


def _whole(text: str) -> str:
    """The text without halves of characters, which JSON can spell and nothing else can."""
    return text.encode("utf-8", "replace").decode()
