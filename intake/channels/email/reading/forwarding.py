"""Finds the original sender and text of forwarded mail."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from intake.channels.email.reading import body, part, quoting, quoting_forms, structure
from intake.content import encoded_words, headers
from intake.settings.mail import Mail

_SUBJECT = re.compile(r"\s*(?:\[[^\]]{1,40}\]\s*)?(?:enc|fw|fwd|rv|tr)\s*:", re.IGNORECASE)
_HEADER_LINES = 14
_COVERING_NOTE = 300
"""Maximum characters of the sender's own text for it to count as a mere covering note."""

_ATTACHED_BYTES = 500_000
_ATTACHED_PARTS = 50
_ATTACHED_DEPTH = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Forwarded:
    """A forwarded message. `sender` is a mail address, empty if none is given."""

    text: str
    sender: str = ""
    subject: str = ""
    around: str = ""
    """The lines that introduce it, and the mail that it quotes itself."""
    signature: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """The text of a mail in parts: new text, quoted text, signature and forwarded message."""

    text: str
    quoted: str
    signature: str
    forwarded: Forwarded | None = None


def wording(
    text: str, *, subject: str, is_answer: bool, nested: Sequence[bytes], limits: Mail
) -> Wording:
    """Split `text` into its parts. In a forward, the forwarded text counts as new text.

    It follows the covering note, if there is one. `nested` are mails that came as attachments: the
    first counts as forwarded if the mail's own text is only a covering note. Quoted text also
    counts as forwarded if the mail has no other text and is not an answer: it was pasted.
    """
    split = quoting.split(text)
    inner = None
    is_pasted = not (is_answer or split.new.strip())
    if split.quoted and (split.forwarded or is_forward(subject) or is_pasted):
        inner = unwrap(split.quoted)
    elif nested and len(split.new) <= _COVERING_NOTE:
        inner = attached(nested[0], limits)
    if inner is None or not inner.text.strip():
        return Wording(text=split.new, quoted=split.quoted, signature=split.signature)
    if len(split.new) > _COVERING_NOTE:
        return Wording(
            text=split.new, quoted=split.quoted, signature=split.signature, forwarded=inner
        )
    return Wording(
        text="\n\n".join(filter(None, (split.new, inner.text))),
        quoted=inner.around,
        signature="\n\n".join(filter(None, (split.signature, inner.signature))),
        forwarded=inner,
    )


def is_forward(subject: str) -> bool:
    """True if the subject begins with "ENC:", "Fwd:" or the like."""
    return bool(_SUBJECT.match(subject))


def unwrap(quoted: str) -> Forwarded:
    """The message in `quoted`, which begins with a forwarding mark or a block of headers."""
    lines = quoted.split("\n")
    found, end = _header_lines(lines)
    rest = lines[end:]
    if found and any(line.startswith(">") for line in lines[:end]):
        rest = [line.removeprefix(">").removeprefix(" ") for line in rest]
    inner = quoting.split("\n".join(rest))
    return Forwarded(
        text=inner.new,
        sender=headers.mail_address(_first(found, quoting_forms.SENDER_NAMES)),
        subject=_first(found, quoting_forms.SUBJECT_NAMES),
        around="\n\n".join(filter(None, ("\n".join(lines[:end]).strip(), inner.quoted))),
        signature=inner.signature,
    )


def attached(raw: bytes, limits: Mail) -> Forwarded:
    """The message in `raw`, a mail that came as an attachment. Only its text is read."""
    skeleton = structure.skeleton(
        headers.trimmed(raw[:_ATTACHED_BYTES]),
        max_parts=_ATTACHED_PARTS,
        max_depth=min(_ATTACHED_DEPTH, limits.max_depth),
    )
    root = part.parse(skeleton.data)
    fields = {name.lower(): encoded_words.decode(str(value)) for name, value in root.raw_items()}
    inner = quoting.split(body.read(root, skeleton, collector=None, limits=limits).text)
    sender = fields.get("from", "")
    subject = fields.get("subject", "")
    introduction = ("— Mensagem em anexo —", f"De: {sender}", f"Assunto: {subject}")
    return Forwarded(
        text=inner.new,
        sender=headers.mail_address(sender),
        subject=subject,
        around="\n\n".join(filter(None, ("\n".join(introduction), inner.quoted))),
        signature=inner.signature,
    )


def _header_lines(lines: Sequence[str]) -> tuple[dict[str, str], int]:
    """The header lines at the beginning, names in lower case, and the index of the next line."""
    found: dict[str, str] = {}
    for position, line in enumerate(lines[:_HEADER_LINES]):
        match = quoting_forms.HEADER_LINE.match(line[:1_000])
        if match:
            found.setdefault(match["name"].lower(), match["value"].strip(" *_"))
        elif found and not (line.strip(" >") and _continues(lines, position)):
            return found, position
    if found:
        return found, min(len(lines), _HEADER_LINES)
    return found, 1 if quoting_forms.FORWARDED.match(lines[0][:300]) else 0


def _continues(lines: Sequence[str], at: int) -> bool:
    """Whether line `at` continues a header, such as a long list of recipients: one follows it."""
    return at + 1 < len(lines) and bool(quoting_forms.HEADER_LINE.match(lines[at + 1][:1_000]))


def _first(found: dict[str, str], names: frozenset[str]) -> str:
    return next((value for name, value in found.items() if name in names), "")
