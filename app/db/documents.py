"""Looking into a JSON column inside the database: whether a list of texts holds one."""

from typing import Any

from sqlalchemy import Boolean
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class HasItem(FunctionElement[bool]):
    """Whether a JSON column that holds a list of texts has exactly that text in it."""

    type = Boolean()
    inherit_cache = True
    name = "has_item"


@compiles(HasItem, "postgresql")
def _on_postgresql(element: HasItem, compiler: SQLCompiler, **options: Any) -> str:
    column, item = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST({column} AS JSONB) @> to_jsonb(CAST({item} AS TEXT))"


@compiles(HasItem)
def _on_sqlite(element: HasItem, compiler: SQLCompiler, **options: Any) -> str:
    column, item = (compiler.process(clause, **options) for clause in element.clauses)
    return f"EXISTS (SELECT 1 FROM json_each({column}) WHERE value = {item})"  # noqa: S608 - compiled clauses, nobody's text
