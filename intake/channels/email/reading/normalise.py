"""Reads the bytes of a mail into a `Message`, without failing on any bytes."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import structlog

from intake.channels.email.reading import (
    addresses,
    authentication,
    body,
    forwarding,
    mending,
    part,
    reports,
    structure,
)
from intake.content import charset, encoded_words, file_names, headers
from intake.content.attachments import Collector, megabytes
from intake.content.mail_name import mail_name
from intake.settings.mail import Mail
from routing.message import Address, Attachment, DeliveryReport, Message
from routing.vocabulary import Authentication, Channel

_log = structlog.get_logger(__name__)

_FIRST_BYTES = 1_000_000
"""Bytes that are read of a mail that is too large or incomplete."""

UNREADABLE = "O conteúdo desta mensagem não pôde ser lido; a mensagem original está guardada."
"""The notice on a mail whose reading failed: only its headers are in the Message."""

_LONGEST_SUBJECT = 1_000
_MOST_REFERENCES = 200


def normalise(
    raw: bytes,
    *,
    received_at: datetime,
    limits: Mail,
    envelope_sender: str | None = None,
    complete: bool = True,
) -> Message:
    """Read `raw` into a Message of the e-mail channel.

    No bytes make it raise. What cannot be read or is beyond `limits` is missing from the result,
    and its notices say so in pt-BR. `envelope_sender` is the SMTP sender if the listener knows it;
    otherwise Return-Path is used. `complete` is False if `raw` is only the beginning of a mail.
    """
    try:
        return _read(raw, received_at, limits, envelope_sender, complete=complete)
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:  # noqa: BLE001 - a mail that breaks a library still becomes a ticket
        _log.warning("mail.unreadable", error=type(error).__name__, size=len(raw))
        return _bare(raw, received_at, envelope_sender, limits)


def _read(
    raw: bytes,
    received_at: datetime,
    limits: Mail,
    envelope_sender: str | None,
    *,
    complete: bool,
) -> Message:
    notices: list[str] = []
    received = raw
    whole = complete and len(raw) <= limits.max_message
    if not whole:
        notices.append(_too_large(len(raw), limits, complete=complete))
        raw = raw[:_FIRST_BYTES]
    skeleton = structure.skeleton(
        mending.mended(raw), max_parts=limits.max_parts, max_depth=limits.max_depth
    )
    notices.extend(_about_structure(skeleton, limits))
    root = part.parse(skeleton.data)
    fields = _fields(root)
    envelope = addresses.read(fields)
    decoded = tuple((name, encoded_words.decode(value)) for name, value in fields)
    first = dict(reversed(decoded))
    if envelope_sender is None:
        envelope_sender = _return_path(first)
    sender, about_sender = _sender(envelope, envelope_sender)
    notices.extend(about_sender)
    collector = Collector(limits=limits) if whole else None
    contents = body.read(root, skeleton, collector=collector, limits=limits)
    notices.extend(contents.notices)
    if collector is not None:
        notices.extend(collector.all_notices())
    subject = first.get("subject", "")[:_LONGEST_SUBJECT]
    answered = headers.identifiers(first.get("in-reply-to", ""))[:_MOST_REFERENCES]
    references = headers.identifiers(first.get("references", ""))[:_MOST_REFERENCES]
    words = forwarding.wording(
        contents.text,
        subject=subject,
        is_answer=bool(answered or references),
        nested=contents.nested,
        limits=limits,
    )
    if not (words.text or words.quoted or contents.html or contents.report) and (
        collector is None or not collector.kept
    ):
        notices.extend(_about_silence(raw))
    files = tuple(collector.kept) if collector is not None else ()
    if complete and (not whole or skeleton.is_cut or contents.is_cut):
        files, about_original = _with_original(files, received, received_at, limits)
        notices.append(about_original)
    own_ids = headers.identifiers(first.get("message-id", ""))
    return Message(
        channel=Channel.EMAIL,
        received_at=received_at,
        sender=sender,
        reply_to=next(iter(envelope.reply_to), None),
        recipients=envelope.recipients,
        subject=subject,
        text="\n\n".join(filter(None, (words.text, contents.invitation))),
        quoted=words.quoted,
        signature=words.signature,
        html=contents.html,
        attachments=files,
        headers=decoded,
        message_id=own_ids[0] if own_ids else "",
        in_reply_to=answered,
        references=references,
        sent_at=envelope.sent_at,
        envelope_sender=envelope_sender,
        authentication=_authentication(skeleton, fields, sender, limits),
        report=contents.report or _unstructured_report(first, sender, contents.text),
        fields=_about_forwarded(words.forwarded),
        notices=tuple(notices),
    )


def _with_original(
    files: tuple[Attachment, ...], raw: bytes, received_at: datetime, limits: Mail
) -> tuple[tuple[Attachment, ...], str]:
    """`files` with the original mail attached, because not all of it was read; and a notice.

    A mail over the limits for attachments is not attached, because the desk accepts no more.
    """
    room = limits.max_attachments_total - sum(file.size for file in files)
    if len(files) >= limits.max_attachments or len(raw) > min(room, limits.max_attachment):
        return files, "A mensagem original está guardada no Central Intake."
    name = file_names.distinct(
        mail_name(raw, received_at), {file.name.casefold() for file in files}
    )
    original = Attachment(name=name, content_type="message/rfc822", content=raw)
    return (*files, original), f"A mensagem original está anexada como “{name}”."


def _bare(raw: bytes, received_at: datetime, envelope_sender: str | None, limits: Mail) -> Message:
    """A Message from a simple scan of the headers, for when the full reading failed."""
    fields = tuple(
        (name, encoded_words.decode(value)) for name, value in headers.scan(raw[:_FIRST_BYTES])
    )
    first = dict(reversed(fields))
    found = headers.mail_address(first.get("from", ""))
    ids = headers.identifiers(first.get("message-id", ""))
    files, about_original = _with_original((), raw, received_at, limits)
    return Message(
        channel=Channel.EMAIL,
        received_at=received_at,
        sender=Address(address=found) if found else None,
        subject=first.get("subject", "")[:_LONGEST_SUBJECT],
        headers=fields,
        message_id=ids[0] if ids else "",
        in_reply_to=headers.identifiers(first.get("in-reply-to", ""))[:_MOST_REFERENCES],
        references=headers.identifiers(first.get("references", ""))[:_MOST_REFERENCES],
        envelope_sender=envelope_sender if envelope_sender is not None else _return_path(first),
        attachments=files,
        notices=(UNREADABLE, about_original),
    )


def _fields(root: part.Part) -> list[tuple[str, str]]:
    return [(name.lower(), charset.one_line(str(value))) for name, value in root.raw_items()]


def _authentication(
    skeleton: structure.Skeleton,
    fields: Sequence[tuple[str, str]],
    sender: Address | None,
    limits: Mail,
) -> Authentication:
    """The authentication verdict. Never a pass if headers were cut: the rest may contradict it."""
    found = authentication.verdict(
        fields,
        trusted=limits.trusted_authserv_ids,
        from_domain=sender.domain if sender else "",
    )
    if skeleton.headers_cut and found is Authentication.PASS:
        return Authentication.NONE
    return found


def _return_path(first: dict[str, str]) -> str | None:
    value = first.get("return-path")
    if value is None:
        return None
    return headers.mail_address(value)


def _sender(
    envelope: addresses.Envelope, envelope_sender: str | None
) -> tuple[Address | None, Sequence[str]]:
    """The sender to use, and notices if it was ambiguous, invalid or missing."""
    if len(envelope.senders) > 1:
        named = envelope.sender if envelope.sender in envelope.senders else None
        sender = named or envelope.senders[0]
        count = len(envelope.senders)
        return sender, (f"A mensagem traz {count} remetentes; foi considerado {sender.address}.",)
    if envelope.senders:
        return envelope.senders[0], ()
    address = envelope.sender.address if envelope.sender else envelope_sender
    if address:
        notice = (
            "O campo De não traz um endereço válido; "
            f"foi considerado {address.lower()}, de onde a mensagem foi enviada."
        )
        return Address(address=address.lower(), name=envelope.sender_name), (notice,)
    return None, ("A mensagem não traz um endereço de remetente.",)


def _about_forwarded(forwarded: forwarding.Forwarded | None) -> dict[str, str]:
    """The forwarded message's sender and subject, for `Message.fields`. They are not verified."""
    if forwarded is None:
        return {}
    about = {"forwarded_from": forwarded.sender, "forwarded_subject": forwarded.subject}
    return {name: value for name, value in about.items() if value}


def _unstructured_report(
    first: dict[str, str], sender: Address | None, text: str
) -> DeliveryReport | None:
    failed = first.get("x-failed-recipients", "")
    local = sender.address.partition("@")[0] if sender else ""
    if failed or local == "mailer-daemon":
        return reports.from_text(text, failed)
    return None


def _about_structure(skeleton: structure.Skeleton, limits: Mail) -> Iterator[str]:
    if skeleton.too_many_parts:
        yield (f"A mensagem tem mais de {limits.max_parts} partes; só as primeiras foram lidas.")
    if skeleton.too_deep:
        yield (
            f"A mensagem tem partes dentro de partes em mais de {limits.max_depth} níveis; "
            "o que vem depois desse limite não foi lido."
        )
    if skeleton.headers_cut:
        yield "O cabeçalho da mensagem é longo demais; só o começo dele foi lido."
    if skeleton.cut:
        yield "A estrutura da mensagem é complexa demais; só o começo dela foi lido."


def _about_silence(raw: bytes) -> Iterator[str]:
    """A notice if the mail has a body that gave neither text nor a file."""
    if raw[headers.header_end(raw) :].strip():
        yield "Nenhum texto pôde ser lido desta mensagem; a mensagem original está guardada."


def _too_large(size: int, limits: Mail, *, complete: bool) -> str:
    what = f"A mensagem tem {megabytes(size)} e" if complete else "A mensagem"
    return (
        f"{what} passou do limite de {megabytes(limits.max_message)}: só o cabeçalho e o começo "
        "do texto foram lidos, sem os anexos."
    )
