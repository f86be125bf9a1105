"""Separates a client's new text from quoted earlier mail and the signature.

Nothing is dropped: the three parts together contain every word of the text.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from intake.channels.email.reading import quoting_forms as forms

_ATTRIBUTION_LINES = 4
"""Maximum lines over which mail programs wrap "Em …, Fulano <…> escreveu:"."""

_ATTRIBUTION_WORDS = ("escreveu", "wrote", "escribi", "enviou", "citando", "quoting")
_HEADER_BLOCK_LINES = 9
_SIGNATURE_LINES = 12
"""Maximum lines of a signature. Anything longer is more likely text."""

_SIGNATURE_WIDTH = 90
_CHAT_LINES = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Split:
    """The three parts of a text, each without empty lines at its ends."""

    new: str
    quoted: str = ""
    signature: str = ""
    forwarded: bool = False
    """True if `quoted` begins with a forwarded message, not with one that is answered."""


def split(text: str) -> Split:
    """Split `text` into new text, quoted earlier mail and signature, in linear time.

    Answers above, below and between the quoted lines are recognised.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    new: list[str] = []
    quoted: list[str] = []
    forwarded = False
    position = 0
    while position < len(lines):
        mark = _mark(lines, position)
        if mark is None:
            target = quoted if _is_quoted(lines[position]) else new
            target.append(lines[position])
            position += 1
            continue
        if not quoted:
            forwarded = mark.forwarded
        end = _end_of_quote(lines, mark)
        quoted.extend(lines[position:end])
        position = end
    own, signature = _without_signature(new)
    return Split(
        new=_joined(own),
        quoted=_joined(quoted),
        signature=_joined(signature),
        forwarded=forwarded and bool(quoted),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Mark:
    """The lines that introduce quoted mail. `after` is the index of the first line after them."""

    after: int
    forwarded: bool = False
    only_marked_lines: bool = False
    """True if a line with `>` follows: then only such lines are quoted."""


def _mark(lines: Sequence[str], at: int) -> _Mark | None:
    """The introduction to quoted mail that begins on line `at`, if one does."""
    line = lines[at]
    if len(line) > 400 or not line.strip():
        return None
    if forms.ORIGINAL.match(line):
        return _Mark(after=at + 1)
    forwarded = forms.FORWARDED.match(line)
    if forwarded and (line.lstrip(" >*")[:2] in ("--", "__", "==", "——", "––") or _ends(line)):
        return _Mark(after=at + 1, forwarded=True)
    if _is_header_block(lines, at) or (
        forms.RULER.match(line) and _is_header_block(lines, _next_filled(lines, at + 1))
    ):
        return _Mark(after=at + 1)
    after = _after_attribution(lines, at)
    if after is not None:
        follower = _next_filled(lines, after)
        return _Mark(
            after=after, only_marked_lines=follower < len(lines) and _is_quoted(lines[follower])
        )
    return _Mark(after=at + _CHAT_LINES) if _is_pasted_chat(lines, at) else None


def _ends(line: str) -> bool:
    return line.rstrip(" *").endswith((":", "-", "—"))


def _end_of_quote(lines: Sequence[str], mark: _Mark) -> int:
    if not mark.only_marked_lines:
        return len(lines)
    position = mark.after
    while position < len(lines) and (_is_quoted(lines[position]) or not lines[position].strip()):
        position += 1
    return position


def _is_quoted(line: str) -> bool:
    return line.lstrip(" ").startswith(">")


def _after_attribution(lines: Sequence[str], at: int) -> int | None:
    """Index of the line after "Em …, Fulano escreveu:", which may be wrapped over several lines.

    None if there is no such introduction at line `at`.
    """
    first = lines[at]
    if len(first) > 300 or not (
        forms.ATTRIBUTION_START.match(first) or _might_end_attribution(first)
    ):
        return None
    joined = ""
    for count, line in enumerate(lines[at : at + _ATTRIBUTION_LINES], 1):
        if not line.strip():
            return None
        joined = f"{joined} {line.strip(' >')}".strip()
        if len(joined) > 480:
            return None
        if joined.rstrip(" *_").endswith(":") and _is_attribution(joined):
            return at + count
    return None


def _is_attribution(line: str) -> bool:
    end = line[-forms.ATTRIBUTION_END_WITHIN :]
    return any(
        ending.search(end) and form.match(line)
        for ending, form in zip(forms.ATTRIBUTION_ENDS, forms.ATTRIBUTION, strict=True)
    )


def _might_end_attribution(line: str) -> bool:
    """Whether `line` may be a form that begins with the name: "Fulano <…> escreveu em ter., …"."""
    lowered = line.lower()
    return any(word in lowered for word in _ATTRIBUTION_WORDS)


def _is_header_block(lines: Sequence[str], at: int) -> bool:
    """Whether Outlook's block "De: / Enviada em: / Para: / Assunto:" begins at line `at`."""
    if at >= len(lines):
        return False
    first = _header_name(lines[at])
    if first not in forms.SENDER_NAMES:
        return False
    names = {first}
    for line in lines[at + 1 : at + _HEADER_BLOCK_LINES]:
        name = _header_name(line)
        if name:
            names.add(name)
    dated = bool(names & forms.SENT_NAMES)
    about = bool(names & forms.SUBJECT_NAMES)
    addressed = bool(names & forms.RECIPIENT_NAMES)
    return (about and (dated or addressed)) or (dated and addressed and "@" in lines[at])


def _header_name(line: str) -> str:
    match = forms.HEADER_LINE.match(line[:300])
    return match["name"].lower() if match else ""


def _is_pasted_chat(lines: Sequence[str], at: int) -> bool:
    """Whether a pasted chat (at least two lines) begins at `at`, below the client's own text."""
    return (
        at + _CHAT_LINES <= len(lines)
        and all(forms.CHAT_LINE.match(line) for line in lines[at : at + _CHAT_LINES])
        and any(line.strip() and not _is_quoted(line) for line in lines[:at])
    )


def _without_signature(lines: list[str]) -> tuple[list[str], list[str]]:
    """`lines` split into text and the signature at their end. The text is never empty."""
    start = _signature_start(lines)
    if start is None or not any(line.strip() for line in lines[:start]):
        return lines, []
    return lines[:start], lines[start:]


def _signature_start(lines: Sequence[str]) -> int | None:
    filled = [number for number, line in enumerate(lines) if line.strip()]
    if not filled:
        return None
    start = _first_disclaimer(lines, filled)
    if start is not None:
        filled = [number for number in filled if number < start]
    tail = filled[-_SIGNATURE_LINES:]
    for number in tail:
        line = lines[number]
        if forms.DELIMITER.match(line) or forms.MOBILE.match(line[:200]):
            return number
        behind = [lines[other] for other in tail if other > number]
        if forms.CLOSING.match(line[:80]) and _looks_like_signature(behind):
            return number
        if forms.THANKS.match(line[:80]) and behind and _looks_like_signature(behind):
            return number + 1
    return start


def _first_disclaimer(lines: Sequence[str], filled: Sequence[int]) -> int | None:
    """Index of a legal notice that begins a paragraph in the last part of the text."""
    for number in filled[1:][-3 * _SIGNATURE_LINES :]:
        if forms.DISCLAIMER.match(lines[number][:300]) and not lines[number - 1].strip():
            return number
    return None


def _looks_like_signature(lines: Sequence[str]) -> bool:
    return all(len(line) <= _SIGNATURE_WIDTH and not line.rstrip().endswith("?") for line in lines)


def _next_filled(lines: Sequence[str], at: int) -> int:
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip("\n")
