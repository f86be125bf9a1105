"""References to secrets: settings say where a secret is, never what it is."""

import os
from pathlib import Path

from pydantic import model_validator

from intake.settings.section import PathSetting, Section

CREDENTIAL_STORE = "/etc/credstore"
"""Where systemd looks for credentials that are named without a path (systemd.exec(5))."""


class CredentialMissing(Exception):
    """the secret that the settings refer to is not there"""


class Credential(Section):
    """Where a secret is: exactly one of `env`, `credential` or `file`.

    `env` names an environment variable. `credential` names a systemd credential (LoadCredential=),
    looked for in $CREDENTIALS_DIRECTORY, or in /etc/credstore by commands that are run in a shell.
    `file` is a file that only the daemon's user can read.
    """

    env: str = ""
    credential: str = ""
    file: PathSetting | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> "Credential":
        if sum(bool(source) for source in (self.env, self.credential, self.file)) != 1:
            raise ValueError(
                "a secret is given by exactly one of env, credential or file, "
                'for instance { env = "SUPPORT_IMAP_PASSWORD" }'
            )
        return self

    def read(self) -> str:
        """The secret, without the line end that editors add.

        Raises CredentialMissing, which names the place where the secret was expected.
        """
        if self.env:
            value = os.environ.get(self.env)
            if value is None:
                raise CredentialMissing(f"environment variable {self.env} is not set")
            return value
        path = self._path()
        try:
            return path.read_text(encoding="utf-8").rstrip("\r\n")
        except OSError as error:
            raise CredentialMissing(f"{path}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise CredentialMissing(f"{path}: it holds no text in UTF-8") from error

    def _path(self) -> Path:
        if self.file is not None:
            return self.file.expanduser()
        # systemd sets CREDENTIALS_DIRECTORY for the daemon (LoadCredential=). It is not set for
        # commands that an administrator runs in a shell: they read the credential store itself.
        return Path(os.environ.get("CREDENTIALS_DIRECTORY", CREDENTIAL_STORE)) / self.credential
