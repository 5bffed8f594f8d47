"""The pages of touchpoints and of their printed codes."""

from app.touchpoints.views import codes, points, template
from app.touchpoints.views.skin import pages

__all__ = ["codes", "pages", "points", "template"]
