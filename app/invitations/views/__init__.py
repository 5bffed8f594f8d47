"""The pictures of links, for everybody; the settings of receipts, for whom they concern."""

from app.invitations.views.pictures import pictures
from app.invitations.views.settings import pages

__all__ = ["pages", "pictures"]
