"""Every way out. To take one away, delete its folder and its line here."""

from app.channels import Channel
from app.channels.email.sender import EMAIL
from app.channels.sms.sender import SMS
from app.channels.telegram.sender import TELEGRAM

CHANNELS: dict[str, Channel] = {channel.name: channel for channel in (EMAIL, TELEGRAM, SMS)}


def is_gone(channel: str, reason: str) -> bool:
    """Whether a failure for that reason means that the address is dead."""
    return channel in CHANNELS and reason in CHANNELS[channel].gone
