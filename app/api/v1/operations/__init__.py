"""What each operation takes and answers: kept at run time, and told in the OpenAPI document, by one line."""

from app.api.v1.operations.described import Operation
from app.api.v1.operations.reading import operation, read_query
from app.api.v1.operations.writing import Existing, checked, write_operation

__all__ = ["Existing", "Operation", "checked", "operation", "read_query", "write_operation"]
