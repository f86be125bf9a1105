"""Every kind of condition: where it looks, on what it holds, on what it does not."""

from typing import Any

import pytest

from routing.rules.classification import Surroundings
from routing.vocabulary import Authentication, Channel
from tests.routing.rules.writing import decide, fires, message, rules, when, words

PDF = ("Boleto março.pdf", "application/pdf")


@pytest.mark.parametrize("part", ["subject", "text", "attachment", "quoted"])
def test_a_phrase_is_looked_for_where_the_rule_says(part: str) -> None:
    said: dict[str, dict[str, Any]] = {
        "subject": {"subject": "Boleto"},
        "text": {"text": "o boleto"},
        "attachment": {"files": [PDF]},
        "quoted": {"quoted": "o boleto"},
    }
    for other, values in said.items():
        found = when(f'{{ phrases = ["boleto"], where = ["{part}"] }}')
        assert fires(found, message(**values)) is (other == part), other


def test_earlier_mail_and_attachment_names_count_for_nothing_unless_asked() -> None:
    found = when('["boleto"]')
    assert fires(found, message(subject="boleto"))
    assert fires(found, message("boleto"))
    assert not fires(found, message("oi", quoted="o boleto", files=[PDF]))


def test_a_rule_that_asks_for_earlier_mail_changes_nothing_for_the_others() -> None:
    found = rules(
        """
        [[rule]]
        id = "new"
        label = "No texto novo"
        when = ["boleto"]
        set.request_type = "bug"
        [[rule]]
        id = "old"
        label = "No texto antigo"
        when = { phrases = ["boleto"], where = ["quoted"] }
        set.tags = ["antigo"]
        """
    )
    decided = decide(found, message("oi", quoted="segue o boleto"))
    assert [each.rule for each in decided.evidence] == ["old"]
    assert decided.evidence[0].where == "quoted"


def test_the_evidence_says_where_the_words_stand() -> None:
    decided = decide(when('["boleto"]'), message("o boleto", subject="Boletos"))
    assert decided.evidence[0].words == ("Boletos", "boleto")
    assert decided.evidence[0].where == "subject, text"


HOLDS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "channel": (
        '{ channel = "sms" }',
        {"channel": Channel.SMS},
        {"channel": Channel.EMAIL},
    ),
    "channels": (
        '{ channel = ["sms", "whatsapp"] }',
        {"channel": Channel.WHATSAPP},
        {"channel": Channel.APP},
    ),
    "sender": (
        '{ sender = "Carla@Exemplo.com.br" }',
        {"sender": "carla@exemplo.com.br"},
        {"sender": "ana.carla@exemplo.com.br"},
    ),
    "sender with a star": (
        '{ sender = "noreply*@exemplo.com.br" }',
        {"sender": "noreply-7@exemplo.com.br"},
        {"sender": "noreply@exemplo.com"},
    ),
    "telephone": (
        '{ sender = "+5511*" }',
        {"sender": "+5511987654321"},
        {"sender": "+5519987654321"},
    ),
    "nobody": ('{ sender = "*" }', {"sender": "a@b.com"}, {"sender": ""}),
    "domain": (
        '{ domain = "exemplo.com.br" }',
        {"sender": "bia@exemplo.com.br"},
        {"sender": "bia@meuexemplo.com.br"},
    ),
    "domain below": (
        '{ domain = "exemplo.com.br" }',
        {"sender": "bia@mail.exemplo.com.br"},
        {"sender": "bia@exemplo.com.br.golpe.net"},
    ),
    "recipient": (
        '{ recipient = "fiscal@*" }',
        {"to": ["suporte@r3izzy.com.br", "fiscal@r3izzy.com.br"]},
        {"to": ["suporte@r3izzy.com.br"]},
    ),
    "event": (
        '{ event = "nota.recusada" }',
        {"fields": {"event": "nota.recusada"}},
        {"fields": {"event": "nota.emitida"}},
    ),
    "service": (
        '{ service = "agenda*" }',
        {"fields": {"service": "Agenda-Web"}},
        {"fields": {}},
    ),
    "attachment type": (
        '{ attachment_type = ["image/*", "application/pdf"] }',
        {"files": [PDF]},
        {"files": [("a.xml", "text/xml")]},
    ),
    "header": (
        '{ header = { precedence = ["bulk", "junk"] } }',
        {"headers": (("precedence", " Bulk "),)},
        {"headers": (("precedence", "list"),)},
    ),
    "header in brackets": (
        '{ header = { X-Assunto = "[urgente]*" } }',
        {"headers": (("x-assunto", "[URGENTE] nota"),)},
        {"headers": (("x-assunto", "u"),)},
    ),
    "headers": (
        '{ header = { a = "1", b = "2" } }',
        {"headers": (("a", "1"), ("b", "2"))},
        {"headers": (("a", "1"),)},
    ),
    "authentication": (
        '{ authentication = "fail" }',
        {"authentication": Authentication.FAIL},
        {"authentication": Authentication.NONE},
    ),
    "words": ("{ words_at_most = 3 }", {"text": "um dois três?"}, {"text": "um dois três 4"}),
    "many words": ("{ words_at_least = 4 }", {"text": "um dois três 4"}, {"text": "um dois"}),
    "only": (
        '{ only = ["muito obrigado", "obrigado", "carla"] }',
        {"text": "Muito obrigada, Carla!!"},
        {"text": "Obrigada, Carla! E a nota?"},
    ),
    "only, in the subject": (
        '{ only = ["obrigado"] }',
        {"subject": "Obrigado!", "text": " "},
        {"subject": "Obrigado!", "text": "E a nota?"},
    ),
    "only, without files": (
        '{ only = ["obrigado"] }',
        {"text": "Obrigado!"},
        {"text": "Obrigado!", "files": [PDF]},
    ),
    "unreadable": (
        "{ unreadable = true }",
        {"text": "asdfgh"},
        {"text": "a nota"},
    ),
    "readable": ("{ unreadable = false }", {"text": "a nota"}, {"text": "asdfgh"}),
    "regex": (
        "{ regex = '\\d{3}\\.\\d{3}\\.\\d{3}-\\d{2}' }",
        {"text": "CPF 123.456.789-00."},
        {"text": "CPF 123456789-00."},
    ),
    "regex, any case": ("{ regex = 'ÉRRO' }", {"text": "érro"}, {"text": "erro"}),
    "regex in a part": (
        "{ regex = 'v\\d', where = [\"subject\"] }",
        {"subject": "App v2"},
        {"text": "App v2"},
    ),
}


@pytest.mark.parametrize("name", HOLDS)
def test_a_condition_holds_where_it_should_and_only_there(name: str) -> None:
    condition, yes, no = HOLDS[name]
    found = when(condition)
    assert fires(found, message(**yes))
    assert not fires(found, message(**no))
    refusing = when(f"{{ none = [{condition}] }}")
    assert not fires(refusing, message(**yes))
    assert fires(refusing, message(**no))


def test_surroundings_can_be_asked_for() -> None:
    closed = when("{ business_hours = false }")
    assert fires(closed, "oi", Surroundings(business_hours=False))
    assert not fires(closed, "oi", Surroundings(business_hours=True))
    vip = when('{ client_tag = "VIP*" }')
    assert fires(vip, "oi", Surroundings(client_tags=frozenset({"novo", "vip-ouro"})))
    assert not fires(vip, "oi", Surroundings(client_tags=frozenset({"novo"})))


def test_internal_senders_are_told_by_domain_and_by_the_roster() -> None:
    found = when('{ kind = "internal" }')
    around = Surroundings(
        own_domains=frozenset({"r3izzy.com.br"}), people=frozenset({"+5511900000000"})
    )
    for sender, internal in (
        ("ana@r3izzy.com.br", True),
        ("ana@mail.r3izzy.com.br", True),
        ("+5511900000000", True),
        ("ana@naor3izzy.com.br", False),
        ("+5511900000001", False),
        ("", False),
    ):
        decided = decide(found, message("oi", sender=sender), around)
        assert (decided.kind.value == "internal") is internal, sender
        assert bool(decided.evidence) is internal, sender


def test_the_decided_type_can_be_asked_for() -> None:
    found = rules(
        """
        [words.request_type.bug]
        "trav*" = 2
        [[rule]]
        id = "bug-on-the-phone"
        label = "Erro relatado por SMS é urgente"
        when = { all = [{ request_type = "bug" }, { channel = "sms" }] }
        set.priority = "high"
        """
    )
    assert decide(found, message("travou", channel=Channel.SMS)).priority == "high"
    assert decide(found, message("travou", channel=Channel.APP)).priority == "medium"
    assert decide(found, message("oi", channel=Channel.SMS)).priority == "medium"


def test_keys_of_one_table_must_all_hold() -> None:
    found = when('{ phrases = ["nota"], channel = "sms", words_at_most = 2 }')
    assert fires(found, message("a nota", channel=Channel.SMS))
    assert not fires(found, message("a nota", channel=Channel.APP))
    assert not fires(found, message("onde está a nota", channel=Channel.SMS))


def test_any_all_and_none_nest() -> None:
    found = when(
        """{ all = [
            { any = ["nota", { all = ["recibo", { channel = "sms" }] }] },
            { none = ["cancelar", { all = ["substituir", { none = ["hoje"] }] }] },
        ] }""".replace("\n", " ")
    )
    for text, channel, expected in (
        ("a nota", Channel.APP, True),
        ("o recibo", Channel.APP, False),
        ("o recibo", Channel.SMS, True),
        ("cancelar a nota", Channel.APP, False),
        ("substituir a nota", Channel.APP, False),
        ("substituir a nota hoje", Channel.APP, True),
    ):
        assert fires(found, message(text, channel=channel)) is expected, text


def test_the_finding_of_a_nested_condition_shows_all_its_words() -> None:
    found = when('{ all = ["nota", { any = ["cancelar", "substituir"] }] }')
    assert words(found, "quero substituir ou cancelar a nota") == (
        "nota",
        "substituir",
        "cancelar",
    )


def test_what_stands_within_a_set_phrase_does_not_count() -> None:
    found = when('{ phrases = ["erro"], except = ["erro ~3 resolvido"] }')
    assert not fires(found, "o erro foi resolvido")
    assert fires(found, "o erro foi resolvido. veio outro erro")
    assert fires(found, "deu erro")


def test_only_may_allow_some_other_words() -> None:
    found = when('{ only = ["obrigado"], others_at_most = 2 }')
    assert fires(found, "obrigado, dona Ana")
    assert not fires(found, "obrigado, dona Ana, mas")


@pytest.mark.parametrize("marks", ["?", "??", "?????"])
def test_a_question_is_one_however_many_marks_it_has(marks: str) -> None:
    found = when('{ phrases = ["?"], except = ["tudo bem ?"] }')
    assert not fires(found, f"oi, tudo bem{marks}")
    assert fires(found, f"oi, tudo bem{marks} saiu{marks}")
