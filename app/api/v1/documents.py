"""The contract in its two forms: the OpenAPI document for programs, a page for people."""

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template

from app.api.v1 import manual
from app.api.v1.openapi import document as openapi_document
from app.web.access import public
from app.web.settings import settings

pages = Blueprint("api_documents", __name__, url_prefix="/api", template_folder="../templates")


@pages.get("/v1/openapi.json")
@public("the contract holds no data")
def openapi() -> Response:
    """The OpenAPI 3.1 document."""
    return jsonify(_document())


@pages.get("/docs")
@public("the contract holds no data")
def docs() -> str:
    """The same as a page."""
    document = _document()
    return render_template(
        "api/docs.html",
        document=document,
        resources=manual.by_resource(document),
        bodies=manual.bodies(document),
    )


def _document() -> dict[str, Any]:
    return openapi_document(current_app, settings().base_url)
