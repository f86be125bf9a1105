"""Writing mail by hand, so that it can be wrong."""

import base64
import zlib

PNG = base64.b64decode(
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_HEAD = {
    "From": "Ana Prado <ana.prado@exemplo.com.br>",
    "To": "suporte@r3izzy.com.br",
    "Subject": "Mensagem hostil",
    "Date": "Tue, 24 Nov 2026 10:00:00 -0300",
    "MIME-Version": "1.0",
}
_NAMES = {"from_": "From", "message_id": "Message-ID"}


def head(**fields: str) -> bytes:
    """A header block with its empty line; keyword names have `_` for `-`; "" leaves one out."""
    named = {_NAMES.get(key, key.replace("_", "-").title()): value for key, value in fields.items()}
    named.setdefault("Message-ID", f"<{_number(fields):x}@exemplo.com.br>")
    lines = [f"{name}: {value}\r\n" for name, value in (_HEAD | named).items() if value]
    return "".join(lines).encode("utf-8", "surrogatepass") + b"\r\n"


def _number(fields: dict[str, str]) -> int:
    return zlib.crc32(repr(sorted(fields.items())).encode("utf-8", "surrogatepass"))


def plain(
    text: str | bytes, *, charset: str = "utf-8", encoding: str = "8bit", **fields: str
) -> bytes:
    """A mail of one text part."""
    fields["content_type"] = f"text/plain; charset={charset}"
    fields["content_transfer_encoding"] = encoding
    body = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return head(**fields) + body + b"\r\n"


def part(data: bytes, content_type: str, *, name: str = "", encode: bool = True) -> bytes:
    """A part of `multipart`, with its delimiter."""
    lines = [f"Content-Type: {content_type}"]
    if name:
        lines.append(f'Content-Disposition: attachment; filename="{name}"')
    if encode:
        lines.append("Content-Transfer-Encoding: base64")
        data = base64.encodebytes(data).replace(b"\n", b"\r\n")
    return b"--b\r\n" + "\r\n".join(lines).encode() + b"\r\n\r\n" + data + b"\r\n"


def multipart(*parts: bytes, subtype: str = "mixed", **fields: str) -> bytes:
    """A mail of several parts, with a text in front."""
    text = part(b"Segue em anexo.", "text/plain; charset=utf-8", encode=False)
    fields["content_type"] = f'multipart/{subtype}; boundary="b"'
    return head(**fields) + text + b"".join(parts) + b"--b--\r\n"
