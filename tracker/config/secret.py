"""Secrets: the configuration names where one is stored and never holds it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from tracker.errors import ConfigError

from .field_types import ConfigModel


class Secret(ConfigModel):
    """Where a secret is kept: never in the file itself."""

    env: str = Field("", description="name of an environment variable")
    file: str = Field("", description="path of a file that holds nothing else")

    def reveal(self, what: str) -> str:
        """Return the secret.

        Args:
            what: what the secret is for, such as "target desk"; the resource of the error.

        Raises ConfigError, which names the variable or the file and never the value.
        """
        if self.env:
            value = os.environ.get(self.env, "")
            if not value:
                raise ConfigError(
                    f"the environment variable {self.env} is empty or not set",
                    resource=what,
                    hint=f"export {self.env}=…",
                )
            return value
        try:
            value = Path(self.file).read_text(encoding="utf-8").strip()
        except OSError as error:
            reason = (error.strerror or "it cannot be read").lower()
            raise ConfigError(
                f"the secret's file {self.file} cannot be read: {reason}",
                resource=what,
                hint="check its permissions",
            ) from None
        except UnicodeDecodeError:  # not chained: this error carries the bytes of the secret
            raise ConfigError(f"the secret's file {self.file} is not UTF-8 text", resource=what) from None
        if not value:
            raise ConfigError(f"the secret's file {self.file} is empty", resource=what, hint="write the secret into it")
        return value

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.env) == bool(self.file):
            raise ValueError('name either env or file, as in { env = "SMTP_PASSWORD" }')
        return self
