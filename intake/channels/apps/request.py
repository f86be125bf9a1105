"""The schema of an app's request: it validates requests and yields the OpenAPI document."""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    ValidationError,
)

MOST_FILES = 20
MOST_FIELDS = 50
MOST_NAMED = 20
"""Maximum known values that an error names."""
MOST_FAULTS = 20
MOST_YEARS = 5
"""Maximum years between today and a deadline."""

Short = Annotated[str, Field(max_length=200)]
FieldName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
FieldValue = Annotated[StrictStr, Field(max_length=2000)] | StrictBool | StrictInt | StrictFloat
ADDRESS = r"^https://[!-.0-?A-~]+/[!-~]*$"
"""An HTTPS URL (RFC 3986) in ASCII, without user information."""
BASE64 = r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Requester(_Part):
    """Who asks: the desk answers to the e-mail address, where there is one."""

    name: Short = ""
    email: (
        Annotated[
            str,
            Field(
                max_length=254,
                pattern=r"^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$",
            ),
        ]
        | None
    ) = None
    phone: Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$")] | None = None
    """E.164: `+5511987654321`."""


class InlineFile(_Part):
    """A file that is in the request."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    content_type: Short = ""
    content: Annotated[str, Field(pattern=BASE64)]
    """Base64 (RFC 4648, section 4)."""

    def decoded(self) -> bytes:
        """The file's bytes."""
        return base64.b64decode(self.content)


class LinkedFile(_Part):
    """A file by its address, fetched afterwards from a host that the desk's settings allow."""

    url: Annotated[str, Field(max_length=2000, pattern=ADDRESS)]


class AppRequest(_Part):
    """A request for the desk. What is left out is decided by the desk's rules."""

    title: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\s\x00-\x1f]")]
    text: Annotated[str, Field(max_length=100_000)] = ""
    requester: Requester | None = None
    client: Short = ""
    """The client's name, as the desk is to show it."""
    request_type: str | None = None
    service: str | None = None
    priority: Literal["high", "medium", "low"] | None = None
    kind: Literal["client", "internal"] | None = None
    deadline: AwareDatetime | date | None = None
    """A date (until the desk closes on that day) or an instant."""
    fields: Annotated[dict[FieldName, FieldValue], Field(max_length=MOST_FIELDS)] = {}
    """Fields of the app's own, shown on the ticket below the text."""
    attachments: Annotated[list[InlineFile], Field(max_length=MOST_FILES)] = []
    links: Annotated[list[LinkedFile], Field(max_length=MOST_FILES)] = []


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One error in a request and its JSON pointer (RFC 6901); empty for the whole request."""

    pointer: str
    detail: str


class NotJson(ValueError):
    """the body is not one JSON object that can be read"""


class RequestInvalid(ValueError):
    """the request says something that the desk does not know"""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.pointer}: {fault.detail}" for fault in faults))
        self.faults = tuple(faults)


def parse_request(body: bytes) -> AppRequest:
    """Read and check a request. Raises NotJson and RequestInvalid."""
    tree = _tree(body)
    try:
        return AppRequest.model_validate_json(body)
    except ValidationError as error:
        faults: dict[str, Fault] = {}
        for each in error.errors(include_url=False, include_input=False):
            if each["type"] == "json_invalid":
                raise NotJson(each["msg"]) from error
            pointer = _pointer(each["loc"], tree, missing=each["type"] == "missing")
            faults.setdefault(pointer, Fault(pointer=pointer, detail=each["msg"]))
        raise RequestInvalid(list(faults.values())[:MOST_FAULTS]) from error


def check_deadline(request: AppRequest, now: datetime) -> None:
    """Raise RequestInvalid if the deadline is not within MOST_YEARS of now.

    Calendars have no holidays beyond that.
    """
    said = request.deadline
    if said is not None and abs(said.year - now.year) > MOST_YEARS:
        detail = f"not within {MOST_YEARS} years of today"
        raise RequestInvalid([Fault(pointer="/deadline", detail=detail)])


def check_names(request: AppRequest, *, types: Sequence[str], services: Sequence[str]) -> None:
    """Raise RequestInvalid if the request type or service is not in the active config.

    The sender is a program, so its mistake is reported rather than guessed at.
    """
    faults = [
        Fault(pointer=f"/{name}", detail=f"unknown {name.replace('_', ' ')}; {_known(known)}")
        for name, said, known in (
            ("request_type", request.request_type, types),
            ("service", request.service, services),
        )
        if said is not None and said not in known
    ]
    if faults:
        raise RequestInvalid(faults)


def _known(names: Sequence[str]) -> str:
    named = ", ".join(sorted(names)[:MOST_NAMED])
    rest = len(names) - MOST_NAMED
    return f"known: {named}" + (f" and {rest} more" if rest > 0 else "")


def _tree(body: bytes) -> Any:
    """Parse JSON strictly: no duplicate names, no NaN, only valid UTF-8. Raises NotJson."""
    try:
        text = body.decode("utf-8")
        return json.loads(text, object_pairs_hook=_distinct, parse_constant=_no_constant)
    except RecursionError as error:
        raise NotJson("nested too deeply") from error
    except UnicodeDecodeError as error:
        raise NotJson("not UTF-8") from error
    except ValueError as error:
        raise NotJson(re.sub(r"\s+", " ", str(error))[:200]) from error


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _pointer(place: Sequence[int | str], tree: Any, *, missing: bool) -> str:
    """A pydantic error location as JSON pointer (RFC 6901).

    It stops where the location is no longer in the document but only in our model.
    """
    parts: list[str] = []
    for part in place:
        inside = part in tree if isinstance(tree, Mapping) else False
        if isinstance(tree, list) and isinstance(part, int):
            inside = part < len(tree)
        if inside:
            tree = tree[part]
        elif not missing or part != place[-1]:
            break
        parts.append(str(part).replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{part}" for part in parts)
