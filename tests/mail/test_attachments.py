"""Files that come with a mail: their names, their types, and how many are kept."""

import base64
import io
import zipfile

import pytest

from intake.content import file_types
from intake.settings.mail import Mail
from routing.message import Message
from tests.hostile.writing import PNG, multipart, part
from tests.mail.reading import mail, read

OFFICE = "application/vnd.openxmlformats-officedocument"
PDF = b"%PDF-1.4\n%%EOF\n"


def with_file(head: str, data: bytes = PDF, *, subtype: str = "mixed") -> bytes:
    """A mail whose second part has that header block."""
    encoded = base64.encodebytes(data).decode()
    body = f"--b\n\nSegue.\n--b\n{head}\nContent-Transfer-Encoding: base64\n\n{encoded}\n--b--\n"
    return mail(body, Content_Type=f"multipart/{subtype}; boundary=b")


def archive(*names: str, data: str = "x") -> bytes:
    """A ZIP with those files in it, as they are."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        for name in names:
            opened.writestr(name, data)
    return buffer.getvalue()


def only_name(head: str) -> str:
    """What the one file of `with_file` is called."""
    (file,) = read(with_file(head)).attachments
    return file.name


def names(message: Message) -> list[str]:
    """In order."""
    return [file.name for file in message.attachments]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('Content-Type: application/pdf; name="guia.pdf"', "guia.pdf"),
        ("Content-Disposition: attachment; filename=guia.pdf", "guia.pdf"),
        (
            "Content-Type: application/pdf; name=a.pdf\nContent-Disposition: x; filename=novo.pdf",
            "novo.pdf",
        ),
        (
            "Content-Disposition: attachment; filename*=utf-8''emiss%C3%A3o%20n%C2%BA%201.pdf",
            "emissão nº 1.pdf",
        ),
        (
            "Content-Disposition: attachment; filename*=iso-8859-1'pt'certid%E3o.pdf",
            "certidão.pdf",
        ),
        (
            (
                "Content-Disposition: attachment;\n filename*0*=utf-8''certid%C3%A3o%20;\n"
                ' filename*1="negativa";\n filename*2*=%20de%20d%C3%A9bito.pdf'
            ),
            "certidão negativa de débito.pdf",
        ),
        (
            'Content-Type: application/pdf; name="=?iso-8859-1?Q?declara=E7=E3o.pdf?="',
            "declaração.pdf",
        ),
        (
            (
                "Content-Disposition: attachment;\n"
                ' filename="=?utf-8?B?ZGVjbGFyYcOnw6NvIGRl?=\n =?utf-8?B?IGZhdHVyYW1lbnRv?=.pdf"'
            ),
            "declaração de faturamento.pdf",
        ),
        ('Content-Disposition: attachment; filename="guia ação.pdf"', "guia ação.pdf"),
        ('Content-Disposition: attachment; filename="../../../etc/guia.pdf"', "guia.pdf"),
        ("Content-Disposition: attachment; filename=nota", "nota.pdf"),
        ("Content-Type: application/pdf", "anexo.pdf"),
    ],
)
def test_names(head: str, expected: str) -> None:
    assert only_name(head) == expected


@pytest.mark.parametrize(
    ("data", "name", "declared", "expected"),
    [
        (PDF, "nota.txt", "text/plain", "application/pdf"),
        (PDF, "nota.pdf", "application/octet-stream", "application/pdf"),
        (PNG, "foto.jpg", "image/jpeg", "image/png"),
        (b"\xff\xd8\xff\xe0" + bytes(20), "a.bin", "application/octet-stream", "image/jpeg"),
        (b"GIF89a" + bytes(20), "a.pdf", "application/pdf", "image/gif"),
        (archive("a.txt"), "a.pdf", "application/pdf", "application/zip"),
        (
            archive("word/document.xml"),
            "a",
            "application/octet-stream",
            f"{OFFICE}.wordprocessingml.document",
        ),
        (
            archive("x.txt", "xl/workbook.xml"),
            "a.zip",
            "application/zip",
            f"{OFFICE}.spreadsheetml.sheet",
        ),
        (
            archive("META-INF/MANIFEST.MF"),
            "nota.pdf",
            "application/pdf",
            "application/java-archive",
        ),
        (
            archive("mimetype", data="application/vnd.oasis.opendocument.text"),
            "a.zip",
            "application/zip",
            "application/vnd.oasis.opendocument.text",
        ),
        (
            b"PK\x03\x04" + bytes(30),
            "planilha.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        (b"a;b;c\n1;2;3\n", "dados.csv", "text/csv", "text/csv"),
        (b"texto qualquer", "nota.txt", "text/plain", "text/plain"),
        (b"", "vazio.pdf", "application/pdf", "application/pdf"),
    ],
)
def test_types_are_found_by_content(data: bytes, name: str, declared: str, expected: str) -> None:
    assert file_types.content_type(data, name=name, declared=declared) == expected


def test_a_program_that_says_it_is_a_picture_is_not_believed() -> None:
    data = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + bytes(200)
    assert file_types.content_type(data, name="foto.png", declared="image/png") != "image/png"


def test_inline_pictures_keep_their_identifier() -> None:
    head = "Content-Type: image/png; name=logo.png\nContent-ID: <logo@x>"
    (file,) = read(with_file(head, PNG, subtype="related")).attachments
    assert (file.inline, file.content_id) == (True, "logo@x")
    (file,) = read(with_file(f"{head}\nContent-Disposition: attachment", PNG)).attachments
    assert (file.inline, file.content_id) == (False, "logo@x")


def test_a_text_with_a_name_is_a_file() -> None:
    message = read(with_file("Content-Type: text/plain; name=log.txt", b"erro 500"))
    assert message.text == "Segue."
    assert names(message) == ["log.txt"]


def test_budgets_leave_out_what_does_not_fit_and_say_so() -> None:
    raw = multipart(
        part(PDF * 20, "application/pdf", name="grande.pdf"),
        part(PDF, "application/pdf", name="a.pdf"),
        part(PDF, "application/pdf", name="b.pdf"),
        part(PDF, "application/pdf", name="c.pdf"),
        part(PDF, "application/pdf", name="d.pdf"),
    )
    limits = Mail(max_attachment=100, max_attachments_total=3 * len(PDF) + 3, max_attachments=10)
    message = read(raw, limits=limits)
    assert names(message) == ["a.pdf", "b.pdf", "c.pdf"]
    assert message.notices == (
        "O anexo “grande.pdf” passou do limite de 1 kB por anexo e não foi guardado.",
        "O anexo “d.pdf” faria os anexos passarem do limite de 1 kB no total e não foi guardado.",
    )
    message = read(raw, limits=Mail(max_attachments=2))
    assert names(message) == ["grande.pdf", "a.pdf"]
    assert message.notices == ("A mensagem tem mais de 2 anexos; 3 deles não foram guardados.",)


def test_uuencoded_files_in_the_text_are_files() -> None:
    text = "Segue a nota.\n\nbegin 644 nota.txt\n$;VQA(0``\n`\nend\n\nObrigada"
    message = read(mail(text, Content_Type="text/plain"))
    (file,) = message.attachments
    assert (file.name, file.content[:4]) == ("nota.txt", b"ola!")
    assert "begin" not in message.text
    assert message.text.startswith("Segue a nota.")


def test_only_the_beginning_of_a_mail_that_is_too_large_is_read() -> None:
    raw = with_file("Content-Disposition: attachment; filename=guia.pdf")
    message = read(raw, limits=Mail(max_message=200))
    assert message.text == "Segue."
    (original,) = message.attachments
    assert (original.content_type, original.content) == ("message/rfc822", raw)
    assert original.name in message.notices[-1]
    assert "passou do limite" in message.notices[0]
    assert read(raw, complete=False).attachments == ()
