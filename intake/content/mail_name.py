"""Names the file of an original mail."""

from datetime import datetime
from email.utils import parsedate_to_datetime

from intake.content import encoded_words, file_names, headers

NO_SUBJECT = "mensagem original"
_FOLDER_SIGNS = str.maketrans("/\\", "--")


def mail_name(raw: bytes, received_at: datetime) -> str:
    """A file name such as `2026-11-24 Nota com erro.eml`: the mail's date and subject.

    The day of `received_at` replaces a missing or invalid Date. The name is as safe as an
    attachment's (`file_names.safe`). Never raises.
    """
    first = dict(reversed(tuple(headers.scan(raw[: headers.SCANNED]))))
    subject = encoded_words.decode(first.get("subject", "")).translate(_FOLDER_SIGNS)
    # Cut the subject here, so that the name keeps its extension.
    words = " ".join(subject.split())[: file_names.LONGEST // 2].strip(" .") or NO_SUBJECT
    return file_names.safe(f"{_day(first.get('date', ''), received_at)} {words}.eml")


def _day(date: str, received_at: datetime) -> str:
    try:
        sent = parsedate_to_datetime(date)
    except (ValueError, TypeError, IndexError, OverflowError):
        sent = received_at
    return sent.strftime("%Y-%m-%d")
