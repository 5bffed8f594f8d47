"""The WSGI application, and above it the commands that need the worker."""

from app.factory import create_app
from app.settings import load_settings

app = create_app(load_settings())
