"""The WSGI application, and above it the commands that need the worker."""

from app.factory import create_app
from app.settings import load_settings
from worker import commands

app = create_app(load_settings())
commands.register(app)
