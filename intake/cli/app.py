"""`intake app`: the firm's own apps, which open tickets through signed webhooks."""

import base64
import secrets

import click

from intake.cli.context import CommandContext
from intake.cli.table import console, titled
from intake.net.webhook_keys import signer
from intake.settings.apps import App
from intake.settings.credential import Credential, CredentialMissing
from intake.settings.model import Settings

SECRET_BYTES = 32
TRY = """\
SECRET='{secret}'
BODY='{{"title":"Teste","text":"Primeiro pedido de {name}."}}'
ID="msg_$(openssl rand -hex 12)"; TS="$(date +%s)"
KEY="$(printf %s "${{SECRET#whsec_}}" | base64 -d | od -An -v -tx1 | tr -d ' \\n')"
SIG="$(printf %s "$ID.$TS.$BODY" |
  openssl dgst -sha256 -mac HMAC -macopt hexkey:$KEY -binary | base64)"
curl -sS {address}/v1/requests -H 'content-type: application/json' -H "webhook-id: $ID" \\
  -H "webhook-timestamp: $TS" -H "webhook-signature: v1,$SIG" -d "$BODY"
"""
TRY_TOKEN = """\
curl -sS {address}/v1/requests -H 'content-type: application/json' \\
  -H "webhook-id: msg_$(openssl rand -hex 12)" -H 'authorization: Bearer {secret}' \\
  -d '{{"title":"Teste","text":"Primeiro pedido de {name}."}}'
"""


class NoSuchApp(click.ClickException):
    """the settings have no app of that name"""


@click.group(epilog="Example: intake app add portal")
def app() -> None:
    """The firm's own apps, which open tickets at /v1/requests."""


@app.command(epilog="Example: intake app add site")
@click.argument("name")
@click.option("--token", is_flag=True, help="A bearer token, for an app that cannot sign.")
@click.pass_obj
def add(context: CommandContext, name: str, token: bool) -> None:
    """Make a secret for a new app, and say where it goes and how to try it.

    Nothing is written anywhere: the secret is shown this once.
    """
    settings = context.settings_or_shipped()
    if any(each.name == name for each in settings.app):
        raise click.ClickException(
            f"the settings have an app {name!r} already; `intake app rotate {name}` replaces "
            "its secret"
        )
    place = f"app-{name}"
    kind = "tokens" if token else "secrets"
    try:
        App.model_validate({"name": name, kind: [{"credential": place}]})
    except ValueError as error:
        raise click.UsageError(
            f"{name!r} is no name for an app: 1 to 32 lower-case letters, digits and '-'"
        ) from error
    secret = _new(token)
    click.echo(
        f"1. Put the {'token' if token else 'secret'} where systemd finds it "
        f"(LoadCredential={place}):\n\n"
        f"install -m 600 /dev/stdin /etc/credstore/{place} <<< '{secret}'\n\n"
        "2. Add to the settings, then restart the daemon:\n\n"
        f'[[app]]\nname = "{name}"\n{kind} = [{{ credential = "{place}" }}]\n\n'
        "3. Give the app the same secret, and try it:\n"
    )
    click.echo(_trial(settings, name, secret, token), nl=False)


@app.command(name="list", epilog="Example: intake app list")
@click.pass_obj
def list_apps(context: CommandContext) -> None:
    """The apps of the settings, and whether their secrets are there."""
    settings = context.settings()
    if not settings.app:
        click.echo("The settings have no [[app]]; `intake app add NAME` makes one.")
        return
    table = titled("Aplicativos", "Nome", "Segredos", "Tokens", "Retorno", "Arquivos de")
    for each in settings.app:
        table.add_row(
            each.name,
            ", ".join(map(_secret_state, each.secrets)) or "—",
            ", ".join(map(_token_state, each.tokens)) or "—",
            each.callback or "—",
            ", ".join(each.file_hosts) or "—",
        )
    console().print(table)


@app.command(epilog="Example: intake app rotate site")
@click.argument("name")
@click.pass_obj
def rotate(context: CommandContext, name: str) -> None:
    """Make the next secret of an app, and say how to change over without losing a request."""
    settings = context.settings()
    found = next((each for each in settings.app if each.name == name), None)
    if found is None:
        known = ", ".join(each.name for each in settings.app) or "none"
        raise NoSuchApp(f"the settings have no app {name!r}; known: {known}")
    token = not found.secrets
    kind = "tokens" if token else "secrets"
    place = f"app-{name}-{secrets.token_hex(3)}"
    click.echo(
        "1. Put the new one where systemd finds it "
        f"(LoadCredential={place}):\n\n"
        f"install -m 600 /dev/stdin /etc/credstore/{place} <<< '{_new(token)}'\n\n"
        f"2. In [[app]] {name!r}, write it behind those of before in {kind}, and restart:\n\n"
        f'{{ credential = "{place}" }}\n\n'
        "3. Give the app the new one. It may sign by either meanwhile; callbacks are signed by "
        "the first.\n"
        "4. Then leave only the new one in the settings, and restart again."
    )


def _new(token: bool) -> str:
    if token:
        return secrets.token_urlsafe(SECRET_BYTES)
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def _trial(settings: Settings, name: str, secret: str, token: bool) -> str:
    host = settings.http.host
    address = f"http://{f'[{host}]' if ':' in host else host}:{settings.http.port}"
    return (TRY_TOKEN if token else TRY).format(secret=secret, name=name, address=address)


def _secret_state(place: Credential) -> str:
    try:
        signer(place)
    except CredentialMissing as error:
        return str(error)
    return "ok"


def _token_state(place: Credential) -> str:
    try:
        place.read()
    except CredentialMissing as error:
        return str(error)
    return "ok"
