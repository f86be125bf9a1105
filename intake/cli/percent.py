"""Formats shares as percentages."""


def percent(share: float | None, language: str = "pt-BR") -> str:
    """`98,2 %`, or `98.2%` in English; a dash for None.

    Only exactly 1 gives `100 %` and only exactly 0 gives `0 %`: other shares are never rounded to
    these.
    """
    if share is None:
        return "—"
    tenths = round(share * 1000)
    if 0 < share < 1:
        tenths = min(max(tenths, 1), 999)
    whole, tenth = divmod(tenths, 10)
    portuguese = language == "pt-BR"
    number = f"{whole}{',' if portuguese else '.'}{tenth}" if tenth else str(whole)
    # A no-break space keeps number and sign on one line.
    return f"{number}\N{NO-BREAK SPACE}%" if portuguese else f"{number}%"
