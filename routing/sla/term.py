"""Terms, and how they are written: `1h útil`, `10 dias úteis`, `avaliação mensal`."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from routing.calendar import BusinessCalendar


class TermInvalid(ValueError):
    """a term is written 3h úteis, 30 min úteis, 2 dias úteis, avaliação mensal or até resolução"""


@dataclass(frozen=True, slots=True)
class BusinessTime:
    """A term in business time: it runs only while the desk is open."""

    length: timedelta

    def due(self, start: datetime, calendar: BusinessCalendar) -> datetime:
        return calendar.add(start, self.length)

    def __str__(self) -> str:
        minutes = self.length // timedelta(minutes=1)
        if minutes % 60:
            return f"{minutes} min úteis"
        return "1h útil" if minutes == 60 else f"{minutes // 60}h úteis"


@dataclass(frozen=True, slots=True)
class BusinessDays:
    """A term in business days, counted by Brazilian law; due at the last day's closing."""

    days: int

    def due(self, start: datetime, calendar: BusinessCalendar) -> datetime:
        return calendar.add_days(start, self.days)

    def __str__(self) -> str:
        return "1 dia útil" if self.days == 1 else f"{self.days} dias úteis"


@dataclass(frozen=True, slots=True)
class MonthEvaluation:
    """Due on the month's last business day, or the last one up to `day` of the month."""

    day: int | None = None

    def due(self, start: datetime, calendar: BusinessCalendar) -> datetime:
        return calendar.month_evaluation(start, self.day)

    def __str__(self) -> str:
        return "avaliação mensal" if self.day is None else f"avaliação mensal, dia {self.day}"


@dataclass(frozen=True, slots=True)
class UntilResolved:
    """No due time: a reminder every business day."""

    def due(self, start: datetime, calendar: BusinessCalendar) -> None:
        return None

    def __str__(self) -> str:
        return "até resolução"


@dataclass(frozen=True, slots=True)
class ByService:
    """The service's own term; `otherwise` if no service is known."""

    otherwise: BusinessTime | BusinessDays

    def due(self, start: datetime, calendar: BusinessCalendar) -> datetime:
        return self.otherwise.due(start, calendar)

    def __str__(self) -> str:
        return f"por serviço, senão {self.otherwise}"


Term = BusinessTime | BusinessDays | MonthEvaluation | UntilResolved | ByService

_AMOUNT = re.compile(
    r"(?P<number>\d{1,4}) ?(?:"
    r"(?P<minutes>(?:min|minutos?) (?:util|uteis)|business minutes?)"
    r"|(?P<hours>(?:h|hs|horas?) (?:util|uteis)|bh|business hours?)"
    r"|(?P<days>(?:d|dias?) (?:util|uteis)|bd|business days?)"
    r")"
)
_EVALUATION = re.compile(
    r"(?:avaliacao mensal|monthly evaluation)(?:,? (?:dia|day) (?P<day>\d{1,2}))?"
)
_BY_SERVICE = re.compile(r"(?:por servico, senao|by service, else) (?P<otherwise>.+)")
_UNTIL_RESOLVED = ("ate resolucao", "ate a resolucao", "until resolved")
_EXAMPLES = (
    "'3h úteis', '30 min úteis', '2 dias úteis', 'avaliação mensal', 'até resolução' "
    "or 'por serviço, senão 2 dias úteis'"
)


def parse_term(text: str) -> Term:
    """Parse a term written in Portuguese or English. Raises TermInvalid."""
    folded = " ".join(_folded(text).split())
    if folded in _UNTIL_RESOLVED:
        return UntilResolved()
    if found := _EVALUATION.fullmatch(folded):
        return _evaluation(text, found["day"])
    if found := _BY_SERVICE.fullmatch(folded):
        otherwise = parse_term(found["otherwise"])
        if isinstance(otherwise, BusinessTime | BusinessDays):
            return ByService(otherwise)
    if found := _AMOUNT.fullmatch(folded):
        return _amount(text, int(found["number"]), found)
    raise TermInvalid(f"{text!r} is no term; write for instance {_EXAMPLES}")


def _evaluation(text: str, day: str | None) -> MonthEvaluation:
    if day is not None and not 1 <= int(day) <= 31:
        raise TermInvalid(f"{text!r}: the days of a month are 1 to 31")
    return MonthEvaluation(None if day is None else int(day))


def _amount(text: str, number: int, found: re.Match[str]) -> BusinessTime | BusinessDays:
    if number == 0:
        raise TermInvalid(f"{text!r}: a term is more than nothing")
    if found["days"]:
        return BusinessDays(number)
    return BusinessTime(timedelta(hours=number) if found["hours"] else timedelta(minutes=number))


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in decomposed if not unicodedata.combining(each))
