"""The pages that change stores, one by one and many at once; the pages that show them belong to insight."""

from app.stores.views import hours, imports, stores
from app.stores.views.skin import pages

__all__ = ["hours", "imports", "pages", "stores"]
