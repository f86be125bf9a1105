"""Mail that breaks mail programs, each kind made by a function: a table, no big files.

The same table goes through `normalise` alone and through the whole daemon. Every one of them must
end as a ticket or as a recorded failure, in a few seconds, without holding up what comes behind.
"""

import base64
from collections.abc import Callable

from tests.hostile import structures, words
from tests.hostile.writing import PNG, head, multipart, part, plain

HOSTILE: dict[str, Callable[[], bytes]] = {
    # Nothing, or nearly nothing
    "empty": lambda: b"",
    "one_newline": lambda: b"\r\n",
    "only_spaces": lambda: b"   \t  ",
    "only_nul": lambda: b"\x00" * 5_000,
    "only_a_body": lambda: b"Ola, a nota nao sai.\r\nAna\r\n",
    "only_headers": lambda: head()[:-2],
    "header_without_line_end": lambda: b"Subject: sem fim de linha",
    "every_byte": lambda: bytes(range(256)) * 40,
    # Identity
    "no_message_id": lambda: plain("Sem identificador.", message_id=""),
    "no_message_id_again": lambda: plain("Sem identificador.", message_id=""),
    "duplicate_message_id": lambda: plain("Um texto.", message_id="<mesmo@exemplo.com.br>"),
    "duplicate_message_id_other_text": lambda: plain(
        "Outro texto.", message_id="<mesmo@exemplo.com.br>"
    ),
    "two_message_ids": lambda: b"Message-ID: <outro@exemplo.com.br>\r\n" + plain("Dois."),
    "message_id_without_brackets": lambda: plain("Sem sinais.", message_id="abc.def@exemplo"),
    "message_id_of_100_kb": lambda: plain("Longo.", message_id=f"<{'a' * 100_000}@exemplo>"),
    "message_id_of_emoji": lambda: plain("Emojis.", message_id=f"<{words.emojis(980)}>"),
    "references_of_emoji": lambda: plain("Emojis.", references=f"<{words.emojis(900)}@exemplo>"),
    "references_of_500_kb": lambda: plain(
        "Longa.", references=" ".join(f"<{n}@exemplo.com.br>" for n in range(25_000))
    ),
    "answers_itself": lambda: plain(
        "Eu mesmo.",
        message_id="<eu@exemplo>",
        in_reply_to="<eu@exemplo>",
        references="<eu@exemplo>",
    ),
    # Senders
    "from_twenty_addresses": lambda: plain(
        "Todos nós.",
        from_=", ".join(f"Pessoa {n} <pessoa{n}@exemplo.com.br>" for n in range(20)),
    ),
    "from_twenty_thousand_addresses": lambda: plain(
        "Todos.", from_=", ".join(f"p{n}@exemplo.com.br" for n in range(20_000))
    ),
    "from_empty": lambda: plain("De ninguém.", from_=" "),
    "from_missing": lambda: plain("De ninguém.", from_=""),
    "from_only_a_name": lambda: plain("Só o nome.", from_="Doutora Ana"),
    "from_group": lambda: plain("Grupo.", from_="Ocultos:;"),
    "from_many_angles": lambda: plain("Ângulos.", from_="<" * 10_000 + "a@b" + ">" * 10_000),
    "from_many_comments": lambda: plain("Comentários.", from_="(" * 10_000 + "a@exemplo.com.br"),
    "from_with_line_break": lambda: plain("Quebra.", from_="=?utf-8?q?Ana=0D=0ABcc:_x@y?= <a@b.c>"),
    "from_broken_word": lambda: plain("Palavra.", from_="=?utf-8?B?abcde?= <ana@exemplo.com.br>"),
    "from_never_ends": lambda: plain("Aspas.", from_='"Ana <ana@exemplo.com.br>'),
    "from_repeated": lambda: b"From: outra@exemplo.com.br\r\n" + plain("Dois remetentes."),
    "from_with_template": lambda: plain(
        "{{ 7 * 7 }} {% for x in range(10 ** 9) %}", from_='"{{ cycler.x }}" <ana@exemplo.com.br>'
    ),
    "from_with_markup": lambda: plain(
        "<script>x()</script>", from_='"<script>x()</script>" <ana@exemplo.com.br>'
    ),
    "from_international": lambda: plain("Acento.", from_="Zoë <usuário@clínica.exemplo.com.br>"),
    "from_long_address": lambda: plain("Longo.", from_=f"<{'a' * 64}@{'b' * 250}.br>"),
    "from_too_long_address": lambda: plain("Longo.", from_=f"<{'a' * 5_000}@exemplo.com.br>"),
    "from_with_spaces": lambda: plain("Espaço.", from_='<"ana prado"@exemplo.com.br>'),
    "from_with_nul": lambda: plain("Zero.", from_="ana\x00@exemplo.com.br"),
    "reply_to_us": lambda: plain("Laço.", reply_to="suporte@r3izzy.com.br"),
    "reply_to_many": lambda: plain(
        "Muitos.", reply_to=", ".join(f"r{n}@exemplo.com.br" for n in range(5_000))
    ),
    # Headers
    "subject_empty": lambda: plain("Sem assunto.", subject=""),
    "subject_of_markup": lambda: plain("Marcas.", subject="<img src=x onerror=x()> {{ 7 * 7 }}"),
    "subject_with_foreign_number": lambda: plain("Palpite.", subject="Re: [R3-2026-000001] oi"),
    "header_of_1_mb": lambda: plain("Cabeçalho.", subject="assunto " * 131_072),
    "header_of_1_mb_encoded": lambda: plain("Palavras.", subject="=?utf-8?q?a?= " * 71_000),
    "header_of_begun_words": lambda: plain("Palavras.", subject="=?utf-8?q?" * 100_000),
    "thirty_thousand_headers": words.many_headers,
    "headers_8_bit_utf8": lambda: plain("Oito bits.", subject="Não emite: ação é já"),
    "headers_8_bit_latin1": words.latin1_headers,
    "headers_8_bit_mixed": words.mixed_headers,
    "headers_fold_to_nothing": lambda: plain("Dobras.", subject="a\r\n " * 20_000 + "fim"),
    "header_names_odd": words.odd_header_names,
    "lone_surrogates": words.lone_surrogates,
    "nul_in_subject": lambda: plain("Zero.", subject="Zero\x00no\x00assunto"),
    "subject_bidi": lambda: plain("Direção.", subject="Nota \u202efdp.exe"),
    "date_in_year_0": lambda: plain("Ano zero.", date="Sat, 01 Jan 0000 00:00:00 +0000"),
    "date_far_away": lambda: plain("Longe.", date="Fri, 31 Dec 99999 23:59:59 +9999"),
    "date_no_date": lambda: plain("Sem data.", date="ontem de tarde"),
    # Text
    "nul_in_text": lambda: plain("zero \x00 no \x00 texto"),
    "unknown_charset": lambda: plain("ol\xe1".encode("latin-1"), charset="x-inventado-42"),
    "charset_undefined": lambda: plain(b"ol\xc3\xa1", charset="undefined"),
    "charset_punycode": lambda: plain(b"a" * 200_000 + b"-zzzz", charset="punycode"),
    "charset_base64": lambda: plain(b"b2zDoQ==", charset="base64"),
    "charset_utf7_surrogates": lambda: plain(b"+2AA- +3AA-", charset="utf-7"),
    "charset_utf16_odd": lambda: plain(b"\xff\xfeo\x00l\x00\xe1", charset="utf-16"),
    "charset_lies": lambda: plain("não é ascii".encode("latin-1"), charset="us-ascii"),
    "broken_base64": lambda: plain(b"b2zDoSB!!@@mdW5kbw=\r\n==\r\nx", encoding="base64"),
    "broken_quoted_printable": lambda: plain(b"ol=E1=\r\n=ZZ=3D=", encoding="quoted-printable"),
    "unknown_encoding": lambda: plain("como veio", encoding="x-proprio"),
    "one_line_of_5_mb": lambda: plain("a" * 5_000_000),
    "two_million_lines": lambda: plain("a\r\n" * 2_000_000),
    "two_million_dashes": lambda: multipart(b"\r\n--" * 2_000_000),
    "flowed_forever": lambda: (
        head(content_type="text/plain; format=flowed; delsp=yes") + b"a \r\n" * 200_000
    ),
    "quoted_printable_of_5_mb": lambda: plain(b"=" * 5_000_000, encoding="quoted-printable"),
    "base64_garbage_of_5_mb": lambda: plain(b"!a=" * 1_700_000, encoding="base64"),
    "text_of_20_mb_in_base64": lambda: plain(
        base64.encodebytes(b"linha de texto\n" * 1_400_000), encoding="base64"
    ),
    "bare_cr_lines": lambda: plain("uma\r\n duas\r\n").replace(b"\r\n", b"\r"),
    "combining_marks": lambda: plain("a" + "\u0301\u0323" * 90_000),
    "quotes_in_quotes": words.quotes_in_quotes,
    "attribution_never_ends": lambda: plain("Em 1 de " * 50_000),
    "attribution_lines": lambda: plain("Em 17/11/2026 12:40, Fulano\r\n" * 20_000),
    "header_block_lines": lambda: plain("De: a@b.c\r\n" * 50_000),
    "uuencoded_begun": lambda: plain("begin 644 a.txt\r\n" * 30_000),
    # Structure
    "ten_thousand_parts_nested": structures.nested,
    "ten_thousand_parts_flat": structures.flat,
    "nested_by_cr_alone": lambda: structures.nested(1_000).replace(b"\r\n", b"\r"),
    "mails_in_mails": structures.mails_in_mails,
    "boundary_missing": lambda: head(content_type="multipart/mixed") + b"--x\r\n\r\noi\r\n--x--",
    "boundary_never_comes": lambda: head(content_type='multipart/mixed; boundary="nunca"') + b"oi",
    "boundary_empty": lambda: head(content_type='multipart/mixed; boundary=""') + b"--\r\n\r\noi",
    "boundary_8_bit": structures.boundary_8_bit,
    "boundary_of_boundary": structures.boundary_of_boundary,
    "closed_at_once": lambda: multipart(b"--b--\r\ndepois do fim"),
    "cut_in_the_middle": lambda: multipart(part(PNG * 500, "image/png", name="a.png"))[:4_000],
    "content_type_twice": lambda: b"Content-Type: image/png\r\n" + plain("Dois tipos."),
    "content_type_nonsense": lambda: head(content_type='a/b/c; ; ;=;x="') + b"texto",
    "parameters_many": lambda: head(content_type="text/plain" + "; a=b" * 50_000) + b"texto",
    "parameters_2231_broken": structures.broken_2231,
    "report_of_reports": structures.report_of_reports,
    "report_without_parts": lambda: head(content_type="multipart/report; report-type=x") + b"oi",
    "status_of_2_mb": structures.large_status,
    # Attachments
    "seventy_attachments": structures.seventy_attachments,
    "path_names": structures.path_names,
    "same_names": structures.same_names,
    "names_of_100_kb": structures.long_names,
    "sixty_mb": structures.sixty_megabytes,
    "attachment_too_large": structures.large_attachment,
    "winmail_that_lies": structures.lying_winmail,
    "winmail_random": lambda: multipart(
        part(
            b"\x78\x9f\x3e\x22" + bytes(range(256)) * 50, "application/ms-tnef", name="winmail.dat"
        )
    ),
    "calendar_nonsense": lambda: multipart(
        part(b"BEGIN:VEVENT\r\nDTSTART:99999999T9999Z\r\n" * 5_000, "text/calendar")
    ),
    "zip_bomb_stays_closed": structures.zip_bomb,
    # HTML
    "html_bomb_deep": lambda: words.html("<div>" * 200_000 + "oi"),
    "html_bomb_tables": lambda: words.html("<table><tr><td>" * 3_000 + "oi"),
    "html_bomb_wide": lambda: words.html("<tr><td>a</td></tr>" * 100_000),
    "html_bomb_entities": lambda: words.html("&amp;" * 300_000),
    "html_attributes": lambda: words.html("<a " + "b='c' " * 100_000 + ">oi</a>"),
    "html_unclosed": lambda: words.html("<" * 500_000),
    "html_comments": lambda: words.html("<!--" * 100_000 + "oi"),
    "html_name_without_end": lambda: words.html("<" + "a" * 450_000),
    "html_deep_declarations": lambda: words.html("<div>" * 200 + "<![CDATA[" * 50_000),
    "html_deep_comments": lambda: words.html("<div>" * 200 + "<!--" * 100_000 + "oi"),
    "html_hard_spaces": lambda: words.html("&nbsp;" * 80_000),
    "html_number_of_9000_digits": lambda: words.html("oi &#" + "9" * 9_000 + ";"),
    "html_deep_lists": lambda: words.html("<ul>" * 140 + "<li>x" * 20_000),
    "html_wide_cell": lambda: words.html(
        "<table><tr><td>" + "a" * 200_000 + "</td></tr>" + "<tr><td>b</td></tr>" * 12_000
    ),
    "html_script": lambda: words.html("<script>alert(1)</script><p onclick=x()>oi</p>"),
    "html_colspan": lambda: words.html("<table><tr><td colspan=999999999>oi</td></tr></table>"),
    "html_css": lambda: words.html(
        "<p style='padding:" + "9" * 100_000 + "em;margin:1e9em'>oi</p>"
    ),
    "html_huge_padding": lambda: words.html("<p style='padding-left:99999999em'>oi</p>"),
    "html_many_styles": lambda: words.html("<p style='a:b;" + "c:d;" * 50_000 + "'>oi</p>"),
    "html_declared_latin1": words.latin1_html,
    "html_nul": lambda: words.html("<p>o\x00i</p>"),
    # Machines
    "base64_of_nothing": lambda: multipart(part(b"", "application/pdf", name="vazio.pdf")),
    "null_sender": lambda: b"Return-Path: <>\r\n" + plain("De ninguém."),
    "auto_reply_to_auto_reply": lambda: plain("Ausente.", auto_submitted="auto-replied"),
    "own_message": lambda: plain("Nossa.", from_="suporte@r3izzy.com.br"),
    "base64_mail": lambda: base64.encodebytes(plain("Tudo em base64.")),
}
