"""What is wrong with a rules file is told with its line and with what would be right."""

import pytest

from routing.rules.names import KnownNames
from routing.rules.problems import RulesInvalid
from tests.routing.rules.writing import rules

KNOWN = KnownNames(
    request_types=frozenset({"bug", "usage", "accounting_service", "unclassified"}),
    services=frozenset({"cnd", "reemissao_guia"}),
    levels=frozenset({"N0", "N1", "N2"}),
    staffed_levels=frozenset({"N0", "N1"}),
    logins=frozenset({"ana.n0", "edu.n1"}),
)


def rule(when: str = '["nota"]', sets: str = 'request_type = "bug"', more: str = "") -> str:
    """A rule with its `when` on line 4, its `set` on line 5, more on line 6."""
    return f'[[rule]]\nid = "r"\nlabel = "Regra"\nwhen = {when}\nset = {{ {sets} }}\n{more}\n'


UNCLOSED = "a list that begins with [ must end with ], with commas between its entries"
CONDITION = "unknown key '{}' in a condition: did you mean '{}'?"
WRONG: dict[str, tuple[str, int, str]] = {
    # Keys.
    "top": ("[[rules]]\nid = 'a'\n", 1, "unknown key 'rules': did you mean 'rule'?"),
    "rule key": (
        rule(more="wieght = 2"),
        6,
        "unknown key 'wieght' in a rule: did you mean 'weight'?",
    ),
    "condition key": (
        rule('{ phrases = ["nota"], chanel = "sms" }'),
        4,
        CONDITION.format("chanel", "channel"),
    ),
    "nested key": (
        rule('{ all = [\n "nota",\n { phrasse = ["boleto"] },\n] }'),
        6,
        CONDITION.format("phrasse", "phrases"),
    ),
    "set key": (
        rule(sets='request_typ = "bug"'),
        5,
        "unknown key 'request_typ' in what a rule sets: did you mean 'request_type'?",
    ),
    "words table": (
        '[words.request_tipe.bug]\n"a" = 1\n',
        1,
        "words cannot speak for 'request_tipe': did you mean 'request_type'?",
    ),
    # What opens a ticket, and what does not.
    "opens none": (
        rule(sets="opens_ticket = false"),
        5,
        "'opens_ticket' is only ever true: a rule against a ticket sets no_ticket = true",
    ),
    "opens and opens none": (
        rule(sets="opens_ticket = true, no_ticket = true"),
        5,
        "a rule sets no_ticket or opens_ticket, not both",
    ),
    "opens after the decision": (
        rule('{ request_type = "bug" }', "opens_ticket = true"),
        5,
        "rule 'r' asks for the decided request type and sets it: only one",
    ),
    "except alone": (
        rule('{ except = ["nota"], channel = "sms" }'),
        4,
        "'except' says nothing without 'phrases'",
    ),
    "others alone": (
        rule('{ others_at_most = 3, channel = "sms" }'),
        4,
        "'others_at_most' says nothing without 'only'",
    ),
    "others": (
        rule('{ only = ["oi"], others_at_most = -1 }'),
        4,
        "'others_at_most' is a number of words",
    ),
    # Names.
    "type": (
        rule(sets='request_type = "bugg"'),
        5,
        "unknown request type 'bugg': did you mean 'bug'?",
    ),
    "type of words": (
        '[words.request_type.usagge]\n"como" = 1\n"onde" = 1\n"quando" = 1\n',
        1,
        "unknown request type 'usagge': did you mean 'usage'?",
    ),
    "type asked for": (
        rule('{ request_type = "usagge" }', 'priority = "high"'),
        4,
        "unknown request type 'usagge': did you mean 'usage'?",
    ),
    "type to set unclassified": (
        rule(sets='request_type = "unclassified"'),
        5,
        "a rule cannot set 'unclassified': it is what no rule was sure of",
    ),
    "service": (rule(sets='service = "cdn"'), 5, "unknown service 'cdn': did you mean 'cnd'?"),
    "level": (
        rule(sets='level = "N3"'),
        5,
        "unknown level 'N3': known here: N0, N1, N2",
    ),
    "level without people": (
        rule(sets='level = "N2"'),
        5,
        "nobody is on level 'N2': put somebody on it in the roster, or choose N0 or N1",
    ),
    "owner": (
        rule(sets='owner = "anna.n0"'),
        5,
        "nobody on the roster has the login 'anna.n0': did you mean 'ana.n0'?",
    ),
    "priority": (
        rule(sets='priority = "hi"'),
        5,
        "unknown priority 'hi': did you mean 'high'?",
    ),
    "kind": (
        rule(sets='kind = "interno"'),
        5,
        "unknown kind 'interno': did you mean 'internal'?",
    ),
    "channel": (
        rule('{ channel = "whatsap" }'),
        4,
        "unknown channel 'whatsap': did you mean 'whatsapp'?",
    ),
    "where": (
        rule('{ phrases = ["nota"], where = ["sujeito"] }'),
        4,
        "unknown part of a message 'sujeito': did you mean 'subject'?",
    ),
    "verdict": (
        rule('{ authentication = "failed" }'),
        4,
        "unknown authentication 'failed': did you mean 'fail'?",
    ),
    # Phrases.
    "empty phrase": (rule('["nota", "!!"]'), 4, "'!!' can never match: it holds no word"),
    "laughter": (rule('["kkkk"]'), 4, "'kkkk' can never match: it holds no word"),
    "over a sentence": (
        rule('["a nota. O recibo"]'),
        4,
        "'a nota. O recibo' can never match: it goes over the end of a sentence",
    ),
    "one side": (
        rule('["nota ~5"]'),
        4,
        "'nota ~5' can never match: words are missing beside ~ or >",
    ),
    "too far": (
        rule('["nota ~50 recibo"]'),
        4,
        "~50 in 'nota ~50 recibo' reaches too far: at most 30",
    ),
    "no distance": (
        rule('["nota ~ recibo"]'),
        4,
        "'~' in 'nota ~ recibo' says no distance: did you mean ~5?",
    ),
    "distance apart": (
        rule('["nota >5recibo"]'),
        4,
        "'>5recibo' in 'nota >5recibo' says no distance: did you mean >5?",
    ),
    "star within": (
        rule('["trav*r"]'),
        4,
        "'trav*r' in 'trav*r' can never match: one word, * only at its end",
    ),
    "star before": (
        rule('["*trava"]'),
        4,
        "'*trava' in '*trava' can never match: one word, * only at its end",
    ),
    "star alone": (
        rule('["*"]'),
        4,
        "'*' in '*' can never match: one word, * only at its end",
    ),
    "exact and star": (
        rule('["=trav*"]'),
        4,
        "'=trav*' in '=trav*': write either =word or begin*, not both",
    ),
    "exact words": (
        rule('["=nota.fiscal"]'),
        4,
        "'=nota.fiscal' in '=nota.fiscal' can never match: = asks for one word",
    ),
    "beginning with a dash": (
        rule('["pró-*"]'),
        4,
        "'pró-*' in 'pró-*' can never match: one word, * only at its end",
    ),
    "unknown list": (
        '[phrases]\ndocumento = ["nota"]\n' + rule('["@documentos"]'),
        6,
        "there is no list of phrases 'documentos': did you mean 'documento'?",
    ),
    "circle": (
        '[phrases]\na = ["um", "x @a"]\n',
        2,
        "a list of phrases cannot hold itself: @a → @a",
    ),
    "phrase of a list": (
        '[phrases]\na = [\n"um",\n"~5",\n]\nb = ["x @a"]\n' + rule('["@a", "y @b"]'),
        4,
        "'~5' can never match: words are missing beside ~ or >",
    ),
    "empty list": (
        "[phrases]\na = []\n" + rule('["@a"]'),
        2,
        "the list 'a' is empty: what uses it can never match",
    ),
    "regex": (
        rule("{ regex = '(nota' }"),
        4,
        "'(nota' is no regular expression that RE2 can run: missing ): (?i)(nota",
    ),
    # Conditions.
    "no when": (
        '[[rule]]\nid = "r"\nlabel = "R"\nset = { request_type = "bug" }\n',
        1,
        "rule 'r' never fires: it has no 'when'",
    ),
    "no set": (
        '[[rule]]\nid = "r"\nlabel = "R"\nwhen = ["nota"]\n',
        1,
        "rule 'r' sets nothing: write for instance set.request_type",
    ),
    "no label": (
        '[[rule]]\nid = "r"\nwhen = ["nota"]\nset = { request_type = "bug" }\n',
        1,
        "rule 'r' needs a label: one sentence for people",
    ),
    "no id": (
        '[[rule]]\nlabel = "R"\nwhen = ["nota"]\n',
        1,
        'every [[rule]] needs an id = "short-name"',
    ),
    "empty": (
        rule("{ }"),
        4,
        "an empty condition looks for nothing: name what to look for",
    ),
    "empty any": (
        rule("{ any = [] }"),
        4,
        "'any' is empty: list at least one phrase or condition",
    ),
    "where alone": (
        rule('{ where = ["text"] }'),
        4,
        "'where' says nothing without 'phrases'",
    ),
    "words": (
        rule("{ words_at_least = 5, words_at_most = 3 }"),
        4,
        "at least 5 and at most 3 words: never both",
    ),
    "number for a phrase": (
        rule("[5]"),
        4,
        "5 is no condition: write a phrase, a list or a table",
    ),
    "weight": (
        rule(more="weight = 0"),
        6,
        "weight 0 decides nothing: switch the rule off with enabled = false",
    ),
    "weight as text": (
        rule(more='weight = "2"'),
        6,
        "a weight is a number between -100 and 100: 1.5, or a negative one to speak against",
    ),
    "two answers": (
        rule(sets='no_ticket = true, request_type = "bug"'),
        5,
        "a rule sets no_ticket or a request_type, not both",
    ),
    "asks and sets": (
        rule('{ request_type = "bug" }'),
        5,
        "rule 'r' asks for the decided request type and sets it: only one",
    ),
    # Two of one.
    "two rules": (
        rule() + rule(),
        8,
        "two rules have the id 'r', the first at 0.toml:1: rename one",
    ),
    "word twice": (
        '[words.request_type.bug]\n"trav*" = 1\n"trav*" = 2\n',
        3,
        "Cannot overwrite a value: this key stands there twice: keep one of the two",
    ),
    # Rules that can never fire.
    "none of what is asked": (
        rule('{ all = ["nota", { none = ["recibo", "nota"] }] }'),
        4,
        "rule 'r' can never fire: 'none' refuses what it asks for elsewhere",
    ),
    "in other words": (
        rule('{ all = ["NOTAS", { none = ["nota"] }] }'),
        4,
        "rule 'r' can never fire: 'none' refuses what it asks for elsewhere",
    ),
    "two channels": (
        rule('{ all = [{ channel = "sms" }, { channel = ["app", "email"] }] }'),
        4,
        "rule 'r' can never fire: a message has one channel, not two",
    ),
    "two senders": (
        rule('{ all = [{ sender = "a@b.com" }, { sender = "c@d.com" }] }'),
        4,
        "rule 'r' can never fire: a message has one sender, not two",
    ),
    "open and closed": (
        rule("{ all = [{ business_hours = true }, { business_hours = false }] }"),
        4,
        "rule 'r' can never fire: the desk is open or closed, not both",
    ),
    "too many words": (
        rule("{ all = [{ words_at_least = 5 }, { words_at_most = 3 }] }"),
        4,
        "rule 'r' can never fire: at least 5 and at most 3 words, never both",
    ),
    "negated and not": (
        rule(
            '{ all = [{ phrases = ["nota"], negated = true }, '
            '{ none = [{ phrases = ["nota"] }] }] }'
        ),
        4,
        "rule 'r' can never fire: 'none' refuses what it asks for elsewhere",
    ),
    "nested": (
        rule('{ any = [{ all = ["nota", { none = ["nota"] }] }] }'),
        4,
        "rule 'r' can never fire: 'none' refuses what it asks for elsewhere",
    ),
    # TOML.
    "no quotes": (
        "[[rule]]\nid = nota\n",
        2,
        'Invalid value: a text stands between quotation marks: key = "text"',
    ),
    "open list": (
        '[phrases]\na = ["um"\nb = ["dois"]\n',
        3,
        f"Unclosed array: {UNCLOSED}",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_each_mistake_is_one_line_with_what_would_be_right(name: str) -> None:
    text, line, said = WRONG[name]
    with pytest.raises(RulesInvalid) as refused:
        rules(text, known=KNOWN)
    assert [(each.line, each.message) for each in refused.value.problems] == [(line, said)]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    text = rule('["~5"]', more="wieght = 1") + rule(sets='level = "N9"').replace('"r"', '"s"')
    with pytest.raises(RulesInvalid) as refused:
        rules(text, known=KNOWN)
    assert [each.line for each in refused.value.problems] == [4, 6, 11]
    assert str(refused.value).splitlines()[0] == (
        "0.toml:4: '~5' can never match: words are missing beside ~ or >"
    )


def test_a_rule_that_is_switched_off_is_not_asked_whether_it_can_fire() -> None:
    assert not rules(rule("{ any = [] }", more="enabled = false"), known=KNOWN).rules


def test_without_settings_names_are_not_checked() -> None:
    assert rules(rule(sets='request_type = "anything"')).rules
