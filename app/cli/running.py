"""Where the product answers now: `make run` may have chosen another port, and keeps a Redis of its own."""

import json
from typing import cast

from app.settings import Settings


def running_address(settings: Settings) -> str:
    """The address of the supervisor that runs on DATA_DIR, else the one that the settings say."""
    return _published(settings, "address") or settings.base_url


def running_redis(settings: Settings) -> str | None:
    """The address of Redis: the settings', else that of the running supervisor's own."""
    return settings.redis_url or _published(settings, "redis_url")


def _published(settings: Settings, name: str) -> str | None:
    if not settings.is_embedded:
        return None
    try:
        content = json.loads((settings.data_dir / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return cast("str | None", content.get(name)) if isinstance(content, dict) else None
