"""Answers that come as HTML alone: what is new, and what is quoted."""

import pytest

from tests.mail.reading import mail, read

NEW = "Ainda não consegui emitir a nota."
OLD = "Doutora, tente de novo."

ANSWERS = {
    "outlook_web": (
        f'<div class="elementToProof">{NEW}</div><div id="appendonsend"></div>'
        '<hr style="display:inline-block;width:98%" tabindex="-1">'
        '<div id="divRplyFwdMsg" dir="ltr"><font><b>De:</b> Suporte &lt;s@r3.com.br'
        "&gt;<br><b>Enviado:</b> ter&ccedil;a-feira, 17 de novembro de 2026 12:40<br>"
        "<b>Para:</b> Samara<br><b>Assunto:</b> Nota</font><div>&nbsp;</div></div>"
        f"<div>{OLD}</div>"
    ),
    "outlook_desktop": (
        f'<div class="WordSection1"><p class="MsoNormal">{NEW}<o:p></o:p></p>'
        '<p class="MsoNormal">&nbsp;</p><div style="border-top:solid #E1E1E1">'
        '<p><b><span lang="PT-BR">De:</span></b> Suporte &lt;s@r3.com.br&gt; <br>'
        "<b>Enviada em:</b> ter&ccedil;a-feira, 17 de novembro de 2026 12:40<br><b>Para:</b> Samara"
        f'<br><b>Assunto:</b> Nota</p></div><p class="MsoNormal">{OLD}</p></div>'
    ),
    "gmail": (
        f'<div dir="ltr">{NEW}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        "Em ter., 17 de nov. de 2026 &agrave;s 12:40, Suporte &lt;<a>s@r3.com.br</a>&gt; "
        f'escreveu:<br></div><blockquote class="gmail_quote">{OLD}</blockquote></div>'
    ),
    "apple": (
        f"{NEW}<br><blockquote type='cite'><div>Em 17 de nov. de 2026, &agrave;(s) 12:40, Suporte "
        f"&lt;s@r3.com.br&gt; escreveu:</div><br><div>{OLD}</div></blockquote>"
    ),
    "yahoo": (
        f"<div>{NEW}</div><div id='yahoo_quoted_1' class='yahoo_quoted'><div>Em "
        "ter&ccedil;a-feira, 17 de novembro de 2026 12:40:11 BRT, Suporte &lt;s@r3.com.br&gt; "
        f"escreveu:</div><div>{OLD}</div></div>"
    ),
    "thunderbird_below": (
        '<div class="moz-cite-prefix">Em 17/11/2026 12:40, Suporte escreveu:<br></div>'
        f'<blockquote type="cite"><p>{OLD}</p></blockquote><p>{NEW}</p>'
    ),
}


@pytest.mark.parametrize("markup", ANSWERS.values(), ids=ANSWERS.keys())
def test_new_and_quoted(markup: str) -> None:
    body = f"<html><body>{markup}</body></html>"
    message = read(mail(body, Content_Type="text/html; charset=utf-8", In_Reply_To="<a@b.c>"))
    assert message.text == NEW
    assert OLD in message.quoted
    assert OLD in message.html
