"""The chain with every channel connected."""

import pytest

from tests.fakes_channels import SmsServer, Telegram
from tests.make import Chain
from tests.notifications.reach import Reach, make_reach


@pytest.fixture
def reach(chain: Chain, sms_server: SmsServer, telegram: Telegram) -> Reach:
    """A bot and a provider that work."""
    return make_reach(chain, telegram, sms_server)
