"""winmail.dat: what Outlook hides in it comes out as files and text."""

from hypothesis import given
from hypothesis import strategies as st

from intake.channels.email.reading import winmail
from tests.hostile.writing import multipart, part
from tests.mail.reading import mail, read
from tests.mail.tnef import winmail as written

FILES = (("guia de novembro.pdf", b"%PDF-1.4\n%%EOF\n"), ("relatório.txt", b"faturamento"))


def test_files_come_out_with_their_names_and_types() -> None:
    raw = multipart(part(written(*FILES), "application/ms-tnef", name="winmail.dat"))
    message = read(raw)
    assert [(file.name, file.content_type, file.content) for file in message.attachments] == [
        ("guia de novembro.pdf", "application/pdf", FILES[0][1]),
        ("relatório.txt", "application/octet-stream", FILES[1][1]),
    ]
    assert message.text == "Segue em anexo."
    assert message.notices == ()


def test_known_by_its_name_where_the_type_is_no_help() -> None:
    raw = multipart(part(written(*FILES), "application/octet-stream", name="WINMAIL.DAT"))
    assert len(read(raw).attachments) == 2


def test_its_text_is_the_mails_text_where_there_is_no_other() -> None:
    data = written(body="A emissão não funciona.")
    raw = mail(data, Content_Type="application/ms-tnef; name=winmail.dat")
    assert read(raw).text == "A emissão não funciona."
    both = multipart(part(data, "application/ms-tnef", name="winmail.dat"))
    assert read(both).text == "Segue em anexo."


def test_its_html_is_cleaned() -> None:
    data = written(html="<p onclick=x()>A emissão falhou.</p><script>x()</script>")
    message = read(mail(data, Content_Type="application/ms-tnef; name=winmail.dat"))
    assert message.text == "A emissão falhou."
    assert "onclick" not in message.html
    assert "script" not in message.html


def test_one_that_cannot_be_opened_is_kept_as_it_came() -> None:
    raw = multipart(part(b"isto nao e TNEF", "application/ms-tnef", name="winmail.dat"))
    message = read(raw)
    assert [file.name for file in message.attachments] == ["winmail.dat"]
    assert "winmail.dat" in message.notices[0]


@given(st.data())
def test_damage_never_fails(data: st.DataObject) -> None:
    whole = bytearray(written(*FILES, body="texto", html="<p>texto</p>"))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    winmail.open_up(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
