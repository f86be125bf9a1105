"""Error responses with problem details (RFC 9457)."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from starlette.responses import JSONResponse

from intake.channels.apps.request import Fault

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """A request that is not done, and why."""

    def __init__(
        self,
        status: int,
        outcome: str,
        detail: str,
        *,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.outcome = outcome
        """Label value for the metrics."""
        self.detail = detail
        self.faults = tuple(faults)
        self.headers = dict(headers or {})

    def answer(self) -> JSONResponse:
        """The response. It has no `type`: the status says the kind of problem (RFC 9457, 4.2.1)."""
        body: dict[str, object] = {
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        if self.faults:
            body["errors"] = [
                {"pointer": fault.pointer, "detail": fault.detail} for fault in self.faults
            ]
        return JSONResponse(body, self.status, headers=self.headers, media_type=MEDIA_TYPE)
