"""Reads a stored request of an app into a `Message`."""

from intake.channels.apps.request import AppRequest, Requester
from intake.content.attachments import Collector
from intake.content.charset import one_line
from intake.ports.messages import StoredMessage
from intake.settings.mail import Mail
from routing.message import Address, Message
from routing.vocabulary import Channel


def read_app(stored: StoredMessage, limits: Mail) -> Message:
    """Read a request that the webhook has already validated.

    Linked files are attached if they have been fetched by now.
    """
    request = AppRequest.model_validate_json(stored.raw)
    files = Collector(limits=limits)
    for file in request.attachments:
        files.add(file.decoded(), name=_plain(file.name), declared=_plain(file.content_type))
    for linked in stored.files:
        if linked.state == "here":
            name = linked.url.partition("?")[0].rpartition("/")[2]
            files.add(linked.content, name=name, declared=linked.content_type)
    return Message(
        channel=Channel.APP,
        received_at=stored.received_at,
        sender=_sender(request.requester),
        # A ticket number in brackets would let the request join another requester's ticket.
        subject=_plain(request.title).replace("[", "(").replace("]", ")"),
        text=_text(request)[: limits.max_text],
        attachments=tuple(files.kept),
        fields=_fields(request),
        notices=(
            f"Pedido do aplicativo {stored.source.partition(':')[2]}.",
            *files.all_notices(),
        ),
    )


def _sender(requester: Requester | None) -> Address | None:
    if requester is None:
        return None
    address = (requester.email or "").lower() or requester.phone
    return Address(address=address, name=one_line(_plain(requester.name))) if address else None


def _text(request: AppRequest) -> str:
    lines = [f"{name}: {_plain(str(value))}" for name, value in request.fields.items()]
    who = request.requester
    if who is not None:
        # The ticket has no field for these, so they go into its text.
        if who.email and who.phone:
            lines.append(f"telefone: {who.phone}")
        if who.name and not (who.email or who.phone):
            lines.append(f"solicitante: {_plain(who.name)}")
    lines += [f"arquivo: {link.url}" for link in request.links]
    return "\n\n".join(filter(None, (_plain(request.text).strip(), "\n".join(lines))))


def _fields(request: AppRequest) -> dict[str, str]:
    """The request's explicit fields, under the names that `routing.stated` reads."""
    said = {
        "title": request.title,
        "client": request.client,
        "request_type": request.request_type,
        "service": request.service,
        "priority": request.priority,
        "kind": request.kind,
        "deadline": request.deadline.isoformat() if request.deadline else None,
    }
    fields = {name: _plain(value) for name, value in said.items() if value}
    who = request.requester
    if who is not None and not who.email:
        # Replies go by e-mail only. The app gets a callback instead.
        fields["acknowledge"] = "no"
    return fields


def _plain(text: str) -> str:
    """`text` without NUL, which PostgreSQL does not accept."""
    return text.replace("\x00", "")
