"""A seeded corpus of mail, as varied as a desk's mailbox; a message has about 80 KB on average.

Every message is a client's new request with its own sender and Message-ID, so each must be
acknowledged exactly once. Attachments are random bytes, which cannot be compressed.
"""

import random
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from html import escape

from bench import words

Write = Callable[[random.Random, EmailMessage, words.Person], None]
Attach = Callable[[random.Random, EmailMessage], None]


def corpus(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """`count` pairs of Message-ID and message. The same seed gives the same messages."""
    chance = random.Random(seed)
    for number in range(count):
        identifier = f"<{seed}.{number}.{chance.getrandbits(64):x}@exemplo.com.br>"
        message = _headed(chance, number, identifier)
        person = words.person(chance, number)
        message["From"] = formataddr((person.name, person.address))
        write = chance.choices(list(_BODIES), list(_BODIES.values()))[0]
        write(chance, message, person)
        attach = chance.choices(list(_ATTACHMENTS), list(_ATTACHMENTS.values()))[0]
        attach(chance, message)
        for part in message.walk():
            if part.is_multipart() and part.get_content_maintype() == "multipart":
                # Otherwise the library chooses an unseeded random boundary.
                part.set_boundary(f"=_{chance.getrandbits(96):024x}")
        yield identifier, message.as_bytes(policy=SMTP)


def _headed(chance: random.Random, number: int, identifier: str) -> EmailMessage:
    message = EmailMessage()
    date = format_datetime(words.instant(number))
    message["Received"] = (
        f"from mx.exemplo.com.br (mx.exemplo.com.br [192.0.2.{number % 250}]) "
        f"by mx.r3izzy.com.br with ESMTPS id {chance.getrandbits(48):x}; {date}"
    )
    message["DKIM-Signature"] = (
        "v=1; a=rsa-sha256; c=relaxed/relaxed; d=exemplo.com.br; s=2026; "
        f"h=from:to:subject:date; b={words.key_material(chance, 344)}"
    )
    message["Date"] = date
    message["To"] = words.DESK
    message["Message-ID"] = identifier
    message["Subject"] = words.subject(chance)
    message["X-Mailer"] = words.mailer(chance)
    return message


def _plain(chance: random.Random, message: EmailMessage, person: words.Person) -> None:
    message.set_content("\n\n".join(words.paragraphs(chance, person)))


def _latin_1(chance: random.Random, message: EmailMessage, person: words.Person) -> None:
    text = "\n".join(words.paragraphs(chance, person)).replace("“", '"').replace("”", '"')
    message.set_content(text, charset="iso-8859-1")


def _gmail(chance: random.Random, message: EmailMessage, person: words.Person) -> None:
    own, earlier = words.paragraphs(chance, person), words.quoted(chance)
    heading = "Em seg., 23 de nov. de 2026 às 10:12, R3izzy <suporte@r3izzy.com.br> escreveu:"
    quoted = "\n".join(f"> {line}" for line in earlier)
    message.set_content("\n\n".join(own) + f"\n\n{heading}\n\n{quoted}\n")
    html = "".join(f'<div dir="auto">{escape(line)}<br></div>' for line in own)
    blocks = "".join(f"<div>{escape(line)}</div>" for line in earlier)
    message.add_alternative(
        f'<div dir="ltr">{html}</div><br><div class="gmail_quote"><div dir="ltr" '
        f'class="gmail_attr">{escape(heading)}<br></div><blockquote class="gmail_quote" '
        f'style="margin:0 0 0 .8ex;border-left:1px #ccc solid">{blocks}</blockquote></div>',
        subtype="html",
    )


def _outlook(chance: random.Random, message: EmailMessage, person: words.Person) -> None:
    own, earlier = words.paragraphs(chance, person), words.quoted(chance)
    message.set_content("\n\n".join(own) + "\n\nDe: R3izzy\n" + "\n".join(earlier))
    message.add_alternative(_outlook_html(own, earlier), subtype="html")


def _html_only(chance: random.Random, message: EmailMessage, person: words.Person) -> None:
    html = _outlook_html(words.paragraphs(chance, person), words.quoted(chance))
    message.set_content(html, subtype="html")


def _outlook_html(own: list[str], earlier: list[str]) -> str:
    def block(line: str) -> str:
        return f'<p class=MsoNormal><span lang=PT-BR style="{style}">{escape(line)}</span></p>\n'

    style = "font-size:11.0pt;font-family:&quot;Calibri&quot;,sans-serif;mso-ansi-language:PT-BR"
    sheet = "".join(
        f"p.Mso{n} {{margin:0cm;font-size:11.0pt;font-family:'Calibri',sans-serif;}}\n"
        for n in range(30)
    )
    return (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!--\n'
        f"{sheet}--></style></head><body lang=PT-BR><div class=WordSection1>\n"
        f"{''.join(block(line) for line in own)}"
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
        "<p class=MsoNormal><b>De:</b> R3izzy &lt;suporte@r3izzy.com.br&gt;<br><b>Enviada em:</b> "
        "segunda-feira, 23 de novembro de 2026 10:12<br><b>Assunto:</b> Fechamento</p></div>\n"
        f"{''.join(block(line) for line in earlier)}</div></body></html>"
    )


def _nothing(chance: random.Random, message: EmailMessage) -> None:
    pass


def _document(chance: random.Random, message: EmailMessage) -> None:
    _add(chance, message, 20_000, 120_000, "application/pdf", b"%PDF-1.7\n", "guia DAS.pdf")


def _documents(chance: random.Random, message: EmailMessage) -> None:
    _document(chance, message)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    _add(chance, message, 30_000, 90_000, kind, b"PK\x03\x04", "relação de notas.xlsx")


def _logo(chance: random.Random, message: EmailMessage) -> None:
    _add(chance, message, 6_000, 24_000, "image/png", b"\x89PNG\r\n\x1a\n", "image001.png")


def _photo(chance: random.Random, message: EmailMessage) -> None:
    _add(chance, message, 150_000, 450_000, "image/jpeg", b"\xff\xd8\xff\xe0", "IMG_2041.JPG")


def _forwarded(chance: random.Random, message: EmailMessage) -> None:
    inner = EmailMessage()
    inner["From"] = "Prefeitura <nao-responda@prefeitura.exemplo.gov.br>"
    inner["To"] = "contato@exemplo.com.br"
    inner["Subject"] = "Notificação de lançamento"
    inner["Date"] = "Mon, 23 Nov 2026 09:00:00 -0300"
    inner.set_content("\n".join(words.quoted(chance)))
    _document(chance, inner)
    message.add_attachment(inner)


def _add(
    chance: random.Random,
    message: EmailMessage,
    least: int,
    most: int,
    kind: str,
    magic: bytes,
    name: str,
) -> None:
    maintype, _, subtype = kind.partition("/")
    content = magic + chance.randbytes(chance.randint(least, most))
    message.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)


_BODIES: dict[Write, int] = {_gmail: 35, _outlook: 30, _plain: 20, _html_only: 10, _latin_1: 5}
_ATTACHMENTS: dict[Attach, int] = {
    _nothing: 40,
    _document: 25,
    _logo: 20,
    _photo: 8,
    _documents: 5,
    _forwarded: 2,
}
"""Frequencies in per cent. Together they give about 80 KB per message."""
