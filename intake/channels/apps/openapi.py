"""Builds the OpenAPI document of the apps' webhooks from the schema that validates requests."""

from collections.abc import Sequence
from typing import Any

from pydantic.json_schema import models_json_schema

from intake import __version__
from intake.channels.apps.problems import MEDIA_TYPE
from intake.channels.apps.request import AppRequest

STATUS_TIMES = (
    "received_at",
    "acknowledged_at",
    "first_response_due",
    "resolution_due",
    "deadline",
    "closed_at",
)
PROBLEMS = {
    400: "The body is no JSON that can be read, or the webhook's id is missing.",
    401: "Neither signature nor token is one of ours; the detail says which and why.",
    404: "This app opened no request of that number.",
    408: "The body took too long to arrive.",
    409: "The webhook's id came before with another body.",
    413: "The body is larger than the settings allow this app.",
    415: "The body is not application/json.",
    422: "A field is at fault: `errors` names each by its JSON pointer.",
    429: "Too many requests that nobody signed, from this address.",
    503: "Try again with the same webhook-id after `Retry-After` seconds.",
}
OF_POST = (400, 401, 408, 409, 413, 415, 422, 429, 503)
OF_GET = (401, 404, 429, 503)


def document(*, types: Sequence[str], services: Sequence[str]) -> dict[str, Any]:
    """The OpenAPI 3.1 document, with the request types and services of the active config."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Central Intake",
            "version": __version__,
            "description": "Requests of the firm's own apps. docs/apps.md says how to sign.",
        },
        "paths": {
            "/v1/requests": {"post": _open()},
            "/v1/requests/{number}": {"get": _look()},
        },
        "components": {
            "schemas": _schemas(types, services),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "signature": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "webhook-signature",
                    "description": "Standard Webhooks: with webhook-id and webhook-timestamp.",
                },
            },
        },
    }


def _open() -> dict[str, Any]:
    return {
        "operationId": "openRequest",
        "summary": "Open a ticket.",
        "security": [{"bearer": []}, {"signature": []}],
        "parameters": [
            {
                "name": "webhook-id",
                "in": "header",
                "required": True,
                "description": "The same at every attempt: by it a repeat is known.",
                "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
            }
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _ref("AppRequest")}},
        },
        "responses": {
            "202": _response("The ticket is open.", "Accepted"),
            **_problems(OF_POST),
        },
    }


def _look() -> dict[str, Any]:
    return {
        "operationId": "getRequest",
        "summary": "How a request stands that this app opened.",
        "security": [{"bearer": []}, {"signature": []}],
        "parameters": [
            {
                "name": "number",
                "in": "path",
                "required": True,
                "schema": {"type": "string", "minLength": 1},
            }
        ],
        "responses": {"200": _response("The ticket.", "Status"), **_problems(OF_GET)},
    }


def _schemas(types: Sequence[str], services: Sequence[str]) -> dict[str, Any]:
    _, made = models_json_schema(
        [(AppRequest, "validation")], ref_template="#/components/schemas/{model}"
    )
    schemas: dict[str, Any] = made["$defs"]
    properties = schemas["AppRequest"]["properties"]
    for name, known in (("request_type", types), ("service", services)):
        properties[name] = {"enum": [*known, None], "default": None}
    for name, schema in _ANSWERS.items():
        schemas[name] = schema
    return schemas


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _response(description: str, name: str, media: str = "application/json") -> dict[str, Any]:
    return {"description": description, "content": {media: {"schema": _ref(name)}}}


def _problems(statuses: Sequence[int]) -> dict[str, Any]:
    return {str(status): _response(PROBLEMS[status], "Problem", MEDIA_TYPE) for status in statuses}


_TEXT = {"type": "string"}
_OPTIONAL = {"type": ["string", "null"]}
_TIME = {"type": ["string", "null"], "format": "date-time"}
_ANSWERS: dict[str, dict[str, Any]] = {
    "Accepted": {
        "type": "object",
        "required": ["number", "status_url"],
        "properties": {
            "number": _TEXT,
            "status_url": {"type": "string", "format": "uri-reference"},
        },
    },
    "Status": {
        "type": "object",
        "required": ["number", "stage", "title"],
        "properties": {
            "number": _TEXT,
            "stage": {"enum": ["new", "scheduled", "in_progress", "done", "cancelled"]},
            "title": _TEXT,
            "request_type": _TEXT,
            "service": _OPTIONAL,
            "priority": {"enum": ["high", "medium", "low"]},
            **dict.fromkeys(STATUS_TIMES, _TIME),
        },
    },
    "Problem": {
        "type": "object",
        "description": "RFC 9457.",
        "required": ["title", "status", "detail"],
        "properties": {
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": _TEXT,
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["pointer", "detail"],
                    "properties": {"pointer": _TEXT, "detail": _TEXT},
                },
            },
        },
    },
}
