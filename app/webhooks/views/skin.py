"""What the pages of webhooks share."""

from flask import Blueprint
from werkzeug.wrappers import Response as AnyResponse

pages = Blueprint("webhooks", __name__, template_folder="../templates", url_prefix="/settings/webhooks")
Page = str | tuple[str, int] | AnyResponse
