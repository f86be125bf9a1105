"""Business time counted the long way: minute by minute, looking at the wall clock each time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
Hours = tuple[tuple[int, int], ...]
"""Opening and closing in minutes after midnight."""


@dataclass(frozen=True)
class Oracle:
    """Knows nothing of transitions, spans or offsets: it only reads the wall clock."""

    zone: ZoneInfo
    week: tuple[Hours, ...]
    dated: Mapping[date, Hours]

    def wall(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    def is_open(self, at: datetime) -> bool:
        wall = self.wall(at)
        minute = wall.hour * 60 + wall.minute
        hours = self.dated.get(wall.date(), self.week[wall.weekday()])
        return any(opens <= minute < closes for opens, closes in hours)

    def minutes(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open minutes from `start` on, the first one cut where `start` is within it."""
        minute = start.astimezone(UTC).replace(second=0, microsecond=0)
        start = start.astimezone(UTC)
        while True:
            if self.is_open(minute):
                yield max(minute, start), minute + MINUTE
            minute += MINUTE

    def next_opening(self, at: datetime) -> datetime:
        return next(self.minutes(at))[0]

    def add(self, start: datetime, term: timedelta) -> datetime:
        for since, until in self.minutes(start):
            if term <= until - since:
                return since + term
            term -= until - since
        raise AssertionError

    def measure(self, start: datetime, end: datetime) -> timedelta:
        total = timedelta(0)
        end = end.astimezone(UTC)
        minute = start.astimezone(UTC).replace(second=0, microsecond=0)
        while minute < end:
            if self.is_open(minute):
                since, until = max(minute, start.astimezone(UTC)), min(minute + MINUTE, end)
                total += max(until - since, timedelta(0))
            minute += MINUTE
        return total

    def closing(self, day: date) -> datetime | None:
        """The end of the last open minute during which the wall shows that date."""
        begin = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=15)
        minutes = [begin + MINUTE * n for n in range(54 * 60)]
        ends = [
            each + MINUTE
            for each in minutes
            if self.wall(each).date() == day and self.is_open(each)
        ]
        return max(ends, default=None)

    def add_days(self, start: datetime, days: int) -> datetime:
        day = self.wall(self.next_opening(start)).date()
        closing = self.closing(day)
        while days:
            day += timedelta(days=1)
            if found := self.closing(day):
                closing = found
                days -= 1
        assert closing is not None
        return closing

    def month_evaluation(self, start: datetime, day: int) -> datetime:
        opening = self.next_opening(start)
        first = self.wall(opening).date().replace(day=1)
        while True:
            effects = (first + timedelta(days=32)).replace(day=1)
            last = min(first.replace(day=1) + timedelta(days=day - 1), effects - timedelta(days=1))
            while last >= first and self.closing(last) is None:
                last -= timedelta(days=1)
            closing = self.closing(last) if last >= first else None
            if closing is not None and closing > opening:
                return closing
            first = effects
