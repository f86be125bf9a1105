"""Makes HTML from outside safe to show."""

import html

import nh3

from intake.content import html_bounds, html_text

_TAGS = nh3.ALLOWED_TAGS | {"font"}
_ATTRIBUTES = {
    "*": {"dir", "lang", "title", "align"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "valign"},
    "th": {"colspan", "rowspan", "valign"},
    "col": {"span"},
    "ol": {"start", "type"},
    "font": {"color"},
}
_DROPPED_WITH_CONTENT = {"script", "style", "title", "head", "template", "noscript", "iframe"}
_MOST_ENTITIES = 20_000
_URL_SCHEMES = {"http", "https", "mailto", "tel", "cid"}


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Keep only `cid:` images, which came with the mail; drop `cid:` links.

    A remote image would tell its sender who at the desk reads the mail, and when.
    """
    if tag == "img" and name == "src":
        return value if value.lower().startswith("cid:") else None
    if tag == "a" and name == "href" and value.lower().startswith("cid:"):
        return None
    return value


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_DROPPED_WITH_CONTENT,
    attributes=_ATTRIBUTES,
    attribute_filter=_attribute,
    url_schemes=_URL_SCHEMES,
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
    strip_comments=True,
)


def clean(markup: str) -> str:
    """`markup` without anything that runs, loads, tracks or styles.

    Text formatting, lists, tables, links to http, https, mailto and tel, and `cid:` pictures stay.
    Other tags are removed; script, style and frames are removed with their content. HTML that is
    too complex is reduced to its text.
    """
    # The cleaner's time grows with the square of the number of entities and hard spaces.
    entities = markup.count("&") + markup.count("\u00a0")
    if entities > _MOST_ENTITIES or html_bounds.is_too_complex(markup):
        return from_text(html_text.read(markup))
    return _CLEANER.clean(markup)


def from_text(text: str) -> str:
    """Plain text as an HTML paragraph."""
    return "<p>" + html.escape(text, quote=False).replace("\n", "<br>\n") + "</p>"
