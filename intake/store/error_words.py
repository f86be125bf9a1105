"""PostgreSQL's errors as text that may be logged. Their DETAIL quotes rows, which hold what clients
wrote.
"""

import re

_ROWS = re.compile(
    r"^DETAIL:.*?(?=^(?:HINT|QUERY|CONTEXT|LOCATION):|^(?:The above|During handling) |\Z)",
    re.MULTILINE | re.DOTALL,
)


def without_rows(text: str) -> str:
    """The text of an error or traceback without the rows that it quotes."""
    return _ROWS.sub("", text).rstrip() if "DETAIL:" in text else text


def words_of(error: BaseException) -> str:
    """The error's name and message, without rows."""
    return f"{type(error).__name__}: {without_rows(str(error))}"
