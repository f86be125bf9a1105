"""The one pass over a text finds exactly what a plain search, word by word, finds."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from routing.rules.folding import Token, stem_of, tokens_of
from routing.rules.matcher import Field, Matcher, Span
from routing.rules.phrasebook import Phrasebook

WORDS = ("nota", "notas", "não", "emitir", "emissão", "guia", "das", "a", "travou", "12", "sol")
FORMS = (*WORDS, "trav*", "em*", "=nota", "=notas", "#")
texts = st.lists(st.sampled_from([*WORDS, ".", "?", "\n\n", "…"]), max_size=30).map(" ".join)
runs = st.tuples(
    st.lists(st.sampled_from(FORMS), min_size=1, max_size=3), st.sampled_from([[], ["?"]])
).map(lambda words_and_mark: words_and_mark[0] + words_and_mark[1])
"""Words of a phrase; a question mark ends a sentence."""


def fits(form: str, token: Token) -> bool:
    """Whether one word of a phrase is found in one word of a text."""
    if form == "#":
        return token.word[0].isdigit()
    if form.endswith("*"):
        return token.word.startswith(form[:-1])
    [meant] = tokens_of(f"{form.removeprefix('=')} ")
    if form.startswith("=") or meant.word[0].isdigit():
        return token.word == meant.word
    return token.stem == stem_of(meant.word)


def places(run: Sequence[str], tokens: Sequence[Token]) -> set[Span]:
    """Where words follow one another within a sentence."""
    found = set()
    for begin in range(len(tokens) - len(run) + 1):
        window = tokens[begin : begin + len(run)]
        if window[0].sentence == window[-1].sentence and all(map(fits, run, window)):
            found.add((begin, begin + len(run)))
    return found


def near(
    lefts: set[Span], rights: set[Span], within: int, in_order: bool, tokens: Sequence[Token]
) -> set[Span]:
    """Two phrases in one sentence with at most so many words between them."""
    found = set()
    for left in lefts:
        for right in rights:
            orders = [(left, right)] if in_order else [(left, right), (right, left)]
            for first, second in orders:
                between = second[0] - first[1]
                same = tokens[first[0]].sentence == tokens[second[0]].sentence
                if 0 <= between <= within and same:
                    found.add((first[0], second[1]))
    return found


def searched(book: Phrasebook, node: int, text: str) -> set[Span]:
    """What the matcher finds."""
    return set(Matcher(book).read([Field("text", text)]).spans.get(node, ()))


@given(runs, texts)
@example(["nota", "#", "#"], "nota 12")
@settings(deadline=None, max_examples=400)
def test_words_that_follow_one_another(run: list[str], text: str) -> None:
    book = Phrasebook()
    node = book.node_of(" ".join(run))
    assert searched(book, node, text) == places(run, tokens_of(text))


@given(runs, runs, st.integers(0, 4), st.sampled_from("~>"), texts)
@settings(deadline=None, max_examples=400)
def test_two_phrases_near_each_other(
    left: list[str], right: list[str], within: int, sign: str, text: str
) -> None:
    book = Phrasebook()
    node = book.node_of(f"{' '.join(left)} {sign}{within} {' '.join(right)}")
    tokens = tokens_of(text)
    expected = near(places(left, tokens), places(right, tokens), within, sign == ">", tokens)
    assert searched(book, node, text) == expected


@given(st.lists(runs, min_size=1, max_size=4), runs, texts)
@settings(deadline=None, max_examples=200)
def test_lists_and_what_is_built_on_them(
    members: list[list[str]], after: list[str], text: str
) -> None:
    book = Phrasebook(groups={"lista": [" ".join(run) for run in members]})
    node = book.node_of(f"@lista {' '.join(after)}")
    tokens = tokens_of(text)
    listed = set().union(*(places(run, tokens) for run in members))
    assert searched(book, node, text) == near(listed, places(after, tokens), 0, True, tokens)
    assert searched(book, book.group_node("lista"), text) == listed


@given(st.lists(texts, min_size=1, max_size=4), runs)
@settings(deadline=None, max_examples=200)
def test_parts_of_a_message_are_searched_apart(parts: list[str], run: list[str]) -> None:
    book = Phrasebook()
    node = book.node_of(" ".join(run))
    fields = [Field(f"part{number}", text) for number, text in enumerate(parts)]
    reading = Matcher(book).read(fields)
    found = [reading.field_of(span).name for span in reading.spans.get(node, ())]
    expected = [field.name for field in fields for _ in places(run, tokens_of(field.text))]
    assert found == expected
    assert all(one.sentence <= other.sentence for one, other in pairwise(reading.tokens))
