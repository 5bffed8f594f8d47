"""The application, put together: extensions, access, pages, commands."""

from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli, pages
from app.accounts.keys import check_api_key
from app.accounts.sessions import load_person, use_sessions
from app.channels.health import watch_channels
from app.db import connect_database
from app.events import use_flow
from app.flow import FLOW
from app.notifications.health import watch_promises
from app.settings import Settings
from app.web.access import guard_routes
from app.web.compression import compress_answers
from app.web.errors import answer_errors
from app.web.forms import keep_form_bodies
from app.web.headers import send_headers
from app.web.languages import speak_languages
from app.web.logs import configure_logs, log_requests
from app.web.metrics import measure_requests
from app.web.templating import prepare_templates
from app.webhooks.health import watch_webhooks

STATIC = Path(__file__).parents[1] / "static"
_REQUEST_BYTES = 256 * 1024
_FORM_PARTS = 200


def create_app(settings: Settings) -> Flask:
    """The whole product behind one WSGI callable."""
    app = Flask("app", static_folder=str(STATIC), static_url_path="/static")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=_REQUEST_BYTES,
        MAX_FORM_PARTS=_FORM_PARTS,
        VIDHUK=settings,
    )
    if settings.trusted_proxy_hops:
        hops = settings.trusted_proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    configure_logs()
    connect_database(app, settings)
    use_flow(FLOW)
    compress_answers(app)
    send_headers(app)
    keep_form_bodies(app)
    log_requests(app)
    measure_requests(app)
    watch_promises()
    watch_channels()
    watch_webhooks()
    speak_languages(app)
    use_sessions(app)
    guard_routes(app, load_person, check_api_key)
    answer_errors(app)
    prepare_templates(app)
    pages.register(app)
    cli.register(app)
    return app
