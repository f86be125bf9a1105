"""Telephone numbers that want no automatic messages by a channel, until they opt in again."""

from datetime import datetime

from intake.store.database import Connection
from routing.phone.ninth_digit import phone_forms
from routing.vocabulary import Channel


async def opt_out(connection: Connection, channel: Channel, number: str, at: datetime) -> None:
    """Opt a number out. All forms of the same number count as one."""
    await connection.execute(
        """INSERT INTO opt_outs (channel, number, since) VALUES (%s, %s, %s)
           ON CONFLICT (channel, number) DO UPDATE SET ended_at = NULL,
               since = CASE WHEN opt_outs.ended_at IS NULL THEN opt_outs.since
                            ELSE excluded.since END""",
        [channel.value, _one_form(number), at],
    )


async def opt_in(connection: Connection, channel: Channel, number: str, at: datetime) -> None:
    """Opt a number in again."""
    await connection.execute(
        """UPDATE opt_outs SET ended_at = %s
            WHERE channel = %s AND number = %s AND ended_at IS NULL""",
        [at, channel.value, _one_form(number)],
    )


async def opted_out(connection: Connection, channel: Channel, number: str) -> bool:
    """Whether a number is opted out now."""
    cursor = await connection.execute(
        "SELECT 1 FROM opt_outs WHERE channel = %s AND number = %s AND ended_at IS NULL",
        [channel.value, _one_form(number)],
    )
    return await cursor.fetchone() is not None


def _one_form(number: str) -> str:
    return min(phone_forms(number), default=number)
