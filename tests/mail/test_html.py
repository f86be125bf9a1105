"""HTML: its text, and what may be shown of it."""

import pytest

from intake.content import html_text, safe_html
from tests.mail.reading import mail, read


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>Olá,</p><p>não emite.</p>", "Olá,\n\nnão emite."),
        ("uma<br>duas", "uma\nduas"),
        ("<ul><li>um</li><li>dois</li></ul>", "* um\n* dois"),
        ("<script>alert(1)</script>oi", "oi"),
        ("<style>p{}</style><title>t</title>oi", "oi"),
        ("n<span>ão</span> emi<span lang=PT-BR>te</span>", "não emite"),
        ("<div><div>dentro</div><div>abaixo</div></div>", "dentro\nabaixo"),
        (
            "<table><tr><td>Valor</td><td>R$ 10</td></tr><tr><td>Total</td></tr></table>",
            "Valor R$ 10\nTotal",
        ),
        (
            "<p>a</p><blockquote type=cite><p>b</p>c</blockquote><p>d</p>",
            "a\n\n>\n> b\n>\n> c\n\nd",
        ),
        ("<blockquote class=gmail_quote>b</blockquote>d", "> b\nd"),
        ("<blockquote style='margin:0 0 0 40px'>meu</blockquote>", "meu"),
        ("<p style='display: none'>oculto</p>visto", "visto"),
        ("<p style='padding-left:9999999em;margin-top:9999em'>oi</p>", "oi"),
        ("R$&nbsp;10 &amp; juros", "R$ 10 & juros"),
        ('<a href="https://x">aqui</a> <img alt="logo">', "aqui"),
        ("", ""),
        ("<div>" * 5_000 + "fundo", "fundo"),
    ],
)
def test_text(markup: str, expected: str) -> None:
    assert html_text.read(markup).replace("\u00a0", " ").strip("\n") == expected


@pytest.mark.parametrize(
    "harm",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<img src="https://exemplo.com.br/pixel.gif">',
        '<a href="javascript:alert(1)">x</a>',
        '<a href="data:text/html,x">x</a>',
        "<iframe src='//x'></iframe>",
        "<style>@import 'https://x'</style>",
        "<p style='background:url(https://x)' onclick='x()'>x</p>",
        '<form action="https://x"><input name=senha></form>',
        '<meta http-equiv=refresh content="0;url=//x">',
        "<svg><script>alert(1)</script></svg>",
        '<link rel=stylesheet href="//x">',
        '<base href="//x">',
        '<video src="https://x"></video>',
        "<p background='https://x'>x</p>",
        "<!-- [if mso]><script>x</script><![endif] -->",
    ],
)
def test_clean_leaves_nothing_that_runs_or_loads(harm: str) -> None:
    cleaned = safe_html.clean(harm + "<p>texto</p>").lower()
    assert "<p>texto</p>" in cleaned
    for word in (
        "script",
        "onerror",
        "onclick",
        "style",
        "https:",
        "//x",
        "data:",
        "<form",
        "src=",
    ):
        assert word not in cleaned


def test_clean_keeps_what_helps_reading() -> None:
    markup = (
        '<table><tr><td colspan="2"><b>Nota</b></td></tr></table>'
        '<a href="https://exemplo.com.br/guia">guia</a><img src="cid:logo" alt="Logo">'
    )
    cleaned = safe_html.clean(markup)
    assert '<td colspan="2"><b>Nota</b></td>' in cleaned
    assert 'href="https://exemplo.com.br/guia"' in cleaned
    assert 'rel="noopener noreferrer nofollow"' in cleaned
    assert '<img src="cid:logo" alt="Logo">' in cleaned


def test_html_only_mail_has_text_and_clean_html() -> None:
    message = read(
        mail("<p onclick=x()>A nota não sai.</p>", Content_Type="text/html; charset=utf-8")
    )
    assert message.text == "A nota não sai."
    assert message.html.strip() == "<p>A nota não sai.</p>"


@pytest.mark.parametrize(
    "quote",
    [
        '<blockquote type="cite">Tente de novo.<br>Equipe</blockquote>',
        '<blockquote class="gmail_quote"><div>Tente de novo.</div><p>Equipe</p></blockquote>',
    ],
)
def test_an_answer_below_the_quote_of_html_only_mail_is_new(quote: str) -> None:
    line = "Em 17 de nov. de 2026, à(s) 12:40, Vendas &lt;v@r3izzy.com.br&gt; escreveu:"
    markup = f"<div>{line}</div>{quote}<div>Ainda não emite.</div>"
    message = read(mail(markup, Content_Type="text/html; charset=utf-8"))
    assert message.text == "Ainda não emite."
    assert "> Tente de novo." in message.quoted
