"""Patterns by which mail programs mark quoted mail, forwarded mail and signatures. No logic.

They cover Portuguese first, as Brazilian clients write, then English and Spanish.
"""

import re

WROTE = r"(?:escreveu|escreveram|enviou|disse|respondeu|wrote|writes|escribi[óo])"

ATTRIBUTION_START = re.compile(
    r"[>*_\s]{0,4}(?:em|no dia|na|no|às|as|à|a|aos|on|el|at|le)\b.{0,40}\d", re.IGNORECASE
)
"""The beginning of a line such as "Em ter., 17 de nov. de 2026 às 12:40, Fulano escreveu:"."""

ATTRIBUTION = (
    re.compile(
        r"[>*_\s]{0,4}(?:em|no dia|na|no|às|as|à|a|aos|on|el|at|le)\b[^:]{0,60}\d.{0,300}\b"
        + WROTE
        + r"\s*:[*_\s]{0,4}$",
        re.IGNORECASE,
    ),
    re.compile(
        r"[>*_\s]{0,4}.{1,160}\b"
        + WROTE
        + r"\s+(?:no dia|em|às|a|à|on|at|el)\b.{0,80}\d.{0,40}:[*_\s]{0,4}$",
        re.IGNORECASE,
    ),
    re.compile(r"[>*_\s]{0,4}(?:citando|quoting) .{0,160}<[^<>\s]{3,200}>\s*:\s*$", re.IGNORECASE),
)
"""The forms of Gmail, Apple Mail, Thunderbird, Yahoo and Horde, joined to one line.

A date or an address must be part of it: "O doutor escreveu:" alone is the client's own text.
"""

ATTRIBUTION_ENDS = (
    re.compile(rf"\b{WROTE}\s*:[*_\s]{{0,4}}$", re.IGNORECASE),
    re.compile(r"\d.{0,40}:[*_\s]{0,4}$"),
    re.compile(r">\s*:\s*$"),
)
ATTRIBUTION_END_WITHIN = 80
"""The end of each of ATTRIBUTION, within this many last characters.

It is searched for first, because ATTRIBUTION is slow on a line with many digits and no such end.
"""

FORWARDED = re.compile(
    r"[>*\s]{0,4}(?:[-–—_=]{2,}\s*)?"
    r"(?:(?:in[ií]cio da )?mensagem (?:encaminhada|reenviada)|e-?mail encaminhado|"
    r"encaminhad[ao] por|(?:begin )?forwarded message|forwarded by|mensaje reenviado)"
    r"(?P<rest>.{0,80})$",
    re.IGNORECASE,
)
ORIGINAL = re.compile(
    r"[>*\s]{0,4}[-–—_=]{2,}\s*"
    r"(?:mensagem (?:original|anterior)|e-?mail original|original (?:message|appointment)|"
    r"compromisso original|mensaje original|"
    r"(?:em|ligado|on) [^\n]{0,60}\d[^\n]{0,200}\b" + WROTE + r")\s*[-–—_=]{2,}\s*$",
    re.IGNORECASE,
)
"""A line after which everything is an earlier mail. The last form is Zoho's."""

RULER = re.compile(r"\s{0,3}[_]{20,}\s*$")
"""The line that Outlook on the web puts above the block of headers."""

HEADER_LINE = re.compile(
    r"[>*_\s]{0,4}(?P<name>de|from|enviad[ao](?: em)?|enviada a|sent|data|date|fecha|para|to|cc|"
    r"cco|assunto|subject|asunto|respon(?:der|da) (?:a|para)|reply-to|prioridade|importance|"
    r"import[âa]ncia|anexos?|attachments?|organiza[çc][ãa]o|organization)\s?[*_]{0,2}\s?:[*_]{0,2}(?P<value>.*)$",
    re.IGNORECASE,
)
SENDER_NAMES = frozenset(("de", "from"))
SENT_NAMES = frozenset(
    ("enviado", "enviada", "enviado em", "enviada em", "enviada a", "sent", "data", "date", "fecha")
)
SUBJECT_NAMES = frozenset(("assunto", "subject", "asunto"))
RECIPIENT_NAMES = frozenset(("para", "to", "cc", "cco"))

CHAT_LINE = re.compile(
    r"\s{0,3}(?:\[?\d{1,2}/\d{1,2}(?:/\d{2,4})?,?\s+(?:às\s+)?\d{1,2}:\d{2}(?::\d{2})?\]?"
    r"|\[\d{1,2}:\d{2}(?::\d{2})?,?\s+\d{1,2}/\d{1,2}(?:/\d{2,4})?\])"
    r"\s*[-–]?\s*[^:\n]{1,60}:\s",
)
"""A line of a WhatsApp conversation pasted into a mail."""

DELIMITER = re.compile(r"(?:--|—|__)\s*$")
"""The signature delimiter (RFC 3676, 4.3): two hyphens and a space, which may get lost."""

MOBILE = re.compile(
    r"\s{0,3}[*_]{0,2}(?:"
    r"enviad[ao] (?:do|da|de|pelo|pela|via|por|a partir d[oe])\b.{0,80}|"
    r"(?:obter|obtenha|baixe|baixar) o outlook\b.{0,120}|"
    r"get outlook for\b.{0,120}|sent (?:from|via) (?:my|mail|outlook|yahoo|samsung|gmail)\b.{0,80}|"
    r"enviado desde mi\b.{0,60}|yahoo mail: .{0,100})$",
    re.IGNORECASE,
)
CLOSING = re.compile(
    r"\s{0,3}(?:(?:muito )?atenciosamente|att|atte|at\.te|aten\.|cordialmente|respeitosamente|"
    r"(?:cordiais |atenciosas )?sauda[çc][õo]es(?: cordiais)?|"
    r"(?:um |grande |forte |outro )*abra[çc]os?(?: a todos)?|abs|abçs?|beijos?|bjs?|"
    r"(?:best |kind |warm )?regards|best|sincerely|cheers|saludos(?: cordiales)?)"
    r"\s*[,.!;-]*\s*$",
    re.IGNORECASE,
)
"""A sign-off alone on its line. It belongs to the signature."""

THANKS = re.compile(
    r"\s{0,3}(?:(?:muito |desde já,? (?:muito )?)?(?:obrigad[oa]s?|grat[oa]s?|agradecid[oa]|"
    r"agrade[çc]o)(?: desde já| pela atenção)?|vlw|valeu|(?:many )?thanks|thank you)\s*[,.!;]*\s*$",
    re.IGNORECASE,
)
"""Thanks alone on their line. They stay in the text; what follows is the signature."""

DISCLAIMER = re.compile(
    r"\s{0,3}[*_]{0,2}(?:aviso (?:legal|de confidencialidade|de privacidade)|"
    r"esta mensagem(?: e|,| pode| é|,? incluindo| \(|, seus).{0,60}"
    r"(?:confidenci|sigil|destinat|privileg|anexo)|"
    r"est[ea] e-?mail.{0,60}(?:confidenci|sigil|destinat|privileg)|"
    r"as informa[çc][õo]es contidas nest[ea]|"
    r"antes de imprimir|(?:pense|considere|lembre-se).{0,30}(?:antes de imprimir|meio ambiente)|"
    r"(?:this (?:e-?mail|message)|the information (?:contained )?in this).{0,60}"
    r"(?:confidential|intended|privileged)|(?:livre|isento) de v[ií]rus|virus-free|"
    r"n[ãa]o cont[ée]m v[ií]rus)",
    re.IGNORECASE,
)
