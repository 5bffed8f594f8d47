"""What the pages of stores share: their blueprint."""

from flask import Blueprint
from werkzeug.wrappers import Response as AnyResponse

pages = Blueprint("stores", __name__, template_folder="../templates", url_prefix="/stores")
Page = str | tuple[str, int] | AnyResponse
