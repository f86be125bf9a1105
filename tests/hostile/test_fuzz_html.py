"""HTML made by chance: what is shown of it neither runs nor loads anything, and it has a text."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from intake.content import html_text, safe_html
from tests.hostile.fuzzing import fuzz, patient

pytestmark = patient

MARKUP = st.lists(
    st.one_of(
        st.sampled_from(
            (
                "<script>",
                "</script>",
                "<script",
                "<style>",
                "</style>",
                "<svg",
                "<math>",
                "<a ",
                "<img ",
                "<p>",
                "</p>",
                "<table>",
                "<td>",
                "<template>",
                "<noscript>",
                "<iframe",
                "<!--",
                "-->",
                "<![CDATA[",
                "]]>",
                "<title>",
                "</title>",
                "<textarea>",
                "<mglyph>",
                'href="javascript:alert(1)"',
                "href=jAvA&#x0A;script:x",
                "src=//x/y.gif",
                'src="https://x/y.gif"',
                'src="data:image/svg+xml,x"',
                "onerror=alert(1)",
                'onload="x"',
                'style="background:url(//x)"',
                "srcset=//x",
                "xlink:href=x",
                "formaction=x",
                'href="vbscript:x"',
                "/>",
                ">",
                '"',
                "'",
                "&lt;",
                "&#60;",
                "\x00",
                "<blockquote class=quote>",
                "</blockquote>",
                "=",
                " ",
                "/",
            )
        ),
        st.text(max_size=8),
    ),
    max_size=25,
).map("".join)
RUNS_OR_LOADS = (
    "<script", "<style", "<iframe", "<svg", "<math", "<object", "<embed", "<form", "<link", "<meta",
    "<base", "<template",
)  # fmt: skip


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append({name: value or "" for name, value in attrs})


def tags(markup: str) -> list[dict[str, str]]:
    """The attributes of every tag, as a browser would take them."""
    reader = _Tags()
    reader.feed(markup)
    reader.close()
    return reader.found


@fuzz
@given(MARKUP)
def test_clean_html_runs_and_loads_nothing(markup: str) -> None:
    cleaned = safe_html.clean(markup)
    assert not any(tag in cleaned.lower() for tag in RUNS_OR_LOADS)
    for attributes in tags(cleaned):
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name not in ("style", "srcset", "formaction", "background", "xlink:href")
            if name == "src":
                assert value.lower().startswith("cid:")
            if name == "href":
                assert value.lower().startswith(("http:", "https:", "mailto:", "tel:"))


@fuzz
@given(MARKUP)
def test_any_html_has_a_text(markup: str) -> None:
    text = html_text.read(markup)
    assert "\ue0f1" not in text
    assert "\ue0f2" not in text
