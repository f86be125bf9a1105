"""Shares in words."""


def percent(share: float | None, language: str = "pt-BR") -> str:
    """`98,2 %`, and `98.2%` in English; a dash where there is no share.

    Only what is whole is called `100 %`, and only what is nothing `0 %`, whatever rounding says.
    """
    if share is None:
        return "—"
    tenths = round(share * 1000)
    if 0 < share < 1:
        tenths = min(max(tenths, 1), 999)
    whole, tenth = divmod(tenths, 10)
    portuguese = language == "pt-BR"
    number = f"{whole}{',' if portuguese else '.'}{tenth}" if tenth else str(whole)
    # A no-break space: a number stays with its sign.
    return f"{number}\N{NO-BREAK SPACE}%" if portuguese else f"{number}%"
