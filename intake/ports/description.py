"""A ticket's description: the new text first, quoted text folded below it."""

from html import escape

from routing.message import Message


def paragraphs(text: str) -> str:
    """Plain text as HTML, with lines and paragraphs kept."""
    blocks = (block.strip("\n") for block in text.replace("\r\n", "\n").split("\n\n"))
    return "".join(
        f"<p>{'<br>'.join(escape(line) for line in block.split(chr(10)))}</p>"
        for block in blocks
        if block.strip()
    )


def description_html(message: Message) -> str:
    """Safe HTML of a message, for people at the desk."""
    parts = [paragraphs(message.text)]
    if message.signature.strip():
        parts.append(f"<p><small>{escape(message.signature)}</small></p>")
    parts += [f"<p><em>{escape(notice)}</em></p>" for notice in message.notices]
    if message.attachments:
        names = ", ".join(escape(attachment.name) for attachment in message.attachments)
        parts.append(f"<p>Anexos: {names}</p>")
    if message.quoted.strip():
        parts.append(
            "<details><summary>Mensagens anteriores</summary>"
            f"{paragraphs(message.quoted)}</details>"
        )
    return "".join(parts)
