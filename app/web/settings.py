"""The settings of the running application."""

from typing import cast

from flask import current_app

from app.settings import Settings


def settings() -> Settings:
    """What the factory was given."""
    return cast(Settings, current_app.config["VIDHUK"])
