"""Comparing human text inside the database as `app.text.search_form` does, whatever its locale."""

import string
from typing import Any

from sqlalchemy import Text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.text import search_form

# PostgreSQL's own lower() knows only ASCII in a database made with the C locale, so letters are named here.
_CAPITALS = string.ascii_uppercase + "АБВГҐДЕЁЄЖЗИІЇЙКЛМНОПРСТУЎФХЦЧШЩЪЫЬЭЮЯ" + "ĄĆĘŁŃÓŚŹŻ"
_APOSTROPHES = "'’`"
_FROM = (_CAPITALS + _APOSTROPHES).replace("'", "''")
_TO = _CAPITALS.lower() + "ʼ" * len(_APOSTROPHES)


class SearchForm(FunctionElement[str]):
    """A text column in the form that search compares: small letters, the four apostrophes as one."""

    type = Text()
    inherit_cache = True
    name = "search_form"


@compiles(SearchForm, "postgresql")
def _on_postgresql(element: SearchForm, compiler: SQLCompiler, **options: Any) -> str:
    return f"translate({compiler.process(element.clauses, **options)}, '{_FROM}', '{_TO}')"


@compiles(SearchForm)
def _on_sqlite(element: SearchForm, compiler: SQLCompiler, **options: Any) -> str:
    return f"search_form({compiler.process(element.clauses, **options)})"


def offer_search(connection: DBAPIConnection) -> None:
    """Give a SQLite connection the function, which folds all letters and not only the Latin ones."""
    connection.create_function("search_form", 1, _folded, deterministic=True)


def _folded(text: str | None) -> str | None:
    return None if text is None else search_form(text)
