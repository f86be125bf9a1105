"""Reads Twilio's form of a WhatsApp or SMS message into a `Message`."""

from collections.abc import Callable, Iterator, Mapping

from intake.channels.twilio.payload import Payload, payload
from intake.content.charset import one_line
from intake.content.file_names import distinct, safe
from intake.ports.messages import StoredFile, StoredMessage
from intake.settings.mail import Mail
from routing.message import Address, Attachment, Message

KIND_OF_FILE = {"image": "foto", "audio": "audio", "video": "video"}
EXTENSIONS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "audio/ogg": ".ogg",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/amr": ".amr",
    "video/mp4": ".mp4",
    "video/3gpp": ".3gp",
    "application/pdf": ".pdf",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
}
UNSAID = "(mensagem do tipo {kind}, sem texto)"


def read_text(stored: StoredMessage, limits: Mail) -> Message:
    """Read a stored message into a `Message`. Raises ValueError if it is not a form."""
    form = payload(stored.raw)
    sender = form.sender
    files = list(_attachments(stored))
    return Message(
        channel=stored.channel,
        received_at=stored.received_at,
        sender=Address(address=sender, name=one_line(form.get("ProfileName"))) if sender else None,
        recipients=(Address(address=form.get("To").removeprefix("whatsapp:")),),
        text="\n".join(part for part in _parts(form) if part)[: limits.max_text],
        attachments=tuple(files),
        conversation=stored.thread,
        message_id=form.sid,
        in_reply_to=(form.about,) if form.about else (),
        notices=tuple(_notices(stored)),
        aside=form.aside,
    )


def _body(form: Payload) -> str:
    return form.get("Body")


def _button(form: Payload) -> str:
    """The text of the tapped button or list item; empty if the body has the same text."""
    words = form.get("ButtonText") or form.get("ListTitle")
    return "" if words == form.get("Body") else words


def _place(form: Payload) -> str:
    latitude, longitude = form.get("Latitude"), form.get("Longitude")
    if not (latitude and longitude):
        return ""
    name = ", ".join(part for part in (form.get("Label"), form.get("Address")) if part)
    return f"Localização: {f'{name} ' if name else ''}({latitude}, {longitude})"


def _unsaid(form: Payload) -> str:
    """A placeholder for a message without text, file or location, such as one of a new type."""
    kind = form.get("MessageType")
    plain = kind in ("", "text") or form.media or form.aside
    return "" if plain or _body(form) or _button(form) or _place(form) else UNSAID.format(kind=kind)


_PARTS: tuple[Callable[[Payload], str], ...] = (_body, _button, _place, _unsaid)


def _parts(form: Payload) -> Iterator[str]:
    return (part(form) for part in _PARTS)


def _attachments(stored: StoredMessage) -> Iterator[Attachment]:
    taken: set[str] = set()
    for file in stored.files:
        if file.state == "here":
            name = distinct(_name(file), taken)
            yield Attachment(name=name, content_type=file.content_type, content=file.content)


def _name(file: StoredFile) -> str:
    """A name made of the file's kind and number, because Twilio gives files no names."""
    extension = EXTENSIONS.get(file.content_type, "")
    kind = KIND_OF_FILE.get(file.content_type.partition("/")[0], "arquivo")
    if extension == ".vcf":
        kind = "contato"
    return safe(f"{kind}-{file.position + 1}{extension}")


_LOST: Mapping[str, str] = {
    "waiting": "Um arquivo ({kind}) ainda não chegou: {url}",
    "given_up": "Um arquivo ({kind}) não pôde ser buscado ({detail}): {url}",
}


def _notices(stored: StoredMessage) -> Iterator[str]:
    for file in stored.files:
        if words := _LOST.get(file.state):
            yield words.format(kind=file.content_type, url=file.url, detail=file.detail)
