"""Survey pages of printed codes as they were rendered: only the key and the nonce are new for each look."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from app.touchpoints.doors import Door

# What stands in a kept page in the place of what belongs to one shopper alone. Never escaped, never guessed.
KEY = "TheKeyOfThisOneShopper"
NONCE = "TheNonceOfThisOneAnswer"
_MOST = 500


@dataclass(frozen=True, slots=True)
class _Mould:
    """A page, and the door that it was made for."""

    door: Door
    html: str


_lock = threading.Lock()
_kept: OrderedDict[tuple[str, str], _Mould] = OrderedDict()


def survey_html(path: str, language: str, door: Door, render: Callable[[], str]) -> str:
    """The page at that path in that language; rendered anew when anything behind it has changed."""
    place = (path, language)
    with _lock:
        kept = _kept.get(place)
    if kept and (kept.door is door or kept.door == door):
        return kept.html
    html = render()
    with _lock:
        _kept[place] = _Mould(door, html)
        _kept.move_to_end(place)
        if len(_kept) > _MOST:
            _kept.popitem(last=False)
    return html


def cast(html: str, key: str, nonce: str) -> str:
    """The page of one shopper."""
    return html.replace(KEY, key).replace(NONCE, nonce)
