"""A bot and a connector that let their password out wherever they can, and a store of secrets."""

import base64
import logging
import os
import sys
import threading
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pydantic import field_validator, model_validator
from rpac_test_bots import FileReceiver, Receiver, ReceiverSettings, Script, Scripted, Settings, Slip

from rpa_commons.capabilities import BusinessError, RpaCommonsError, TransientError
from rpa_commons.config import SecretMissingError, SecretRef
from rpa_commons.connectors import Surroundings
from rpa_commons.sdk import Bot, Done, Field, HandOver, Outcome, Propose, Skip, WorkItem, hookimpl


class LeakySettings(ReceiverSettings):
    """With a password."""

    password: SecretRef


class LeakyReceiver(FileReceiver):
    """Gives its password to whoever asks for a name, and puts it into its errors."""

    name = "leaky-receiver"
    capability = Receiver
    Settings = LeakySettings

    def __init__(self, settings: LeakySettings, surroundings: Surroundings) -> None:
        super().__init__(settings, surroundings)
        self._password = surroundings.secret(settings.password)
        self.problems = (f"extract.csv:1: login with {self._password} failed",)

    def name_of(self, number: str) -> str:
        """The password."""
        return self._password

    def keyed(self, what: str, *, to: str, channel: Any = "digital", key: str = "") -> Slip:
        """Fails in the way that the case is called after."""
        if what == "refused":
            raise BusinessError(f"no login with {self._password}", remedy=f"try {self._password} again")
        if what == "unanswered":
            raise TransientError("receiver", f"401 for rpac:{self._password}", sent="no")
        if what == "library":
            raise RpaCommonsError(f"bad {self._password}", remedy=f"change {self._password}")
        raise ValueError(f"bad url https://rpac:{quote(self._password, safe='')}@register.example")


class Leaky(Scripted):
    """Says what it should not, in the way that each case is called after."""

    name = "leaky"

    def process(self, item: WorkItem[Script]) -> Outcome:  # noqa: PLR0911 - one way of leaking per case
        """Leak."""
        password = self.receiver.name_of(item.payload.number)
        match item.reference:
            case "handed-over":
                return HandOver(f"the register refuses {password}")
            case "skipped":
                return Skip(f"not with {password}")
            case "noted":
                return Done(receipt=password, note=f"with {password}")
            case "proposed":
                return Propose(
                    f"grant {password}", (password,), {password: password, "bytes": password.encode()}
                )
            case "rule":
                self.rule(f"§ {password}", facts={"login": password}, result=password)
                return Done()
            case "raised":
                raise ValueError(f"cannot log in with {password}")
            case "exit":
                raise SystemExit(f"cannot log in with {password}")
            case "printed":
                _print(password)
                return Done()
            case "thread":
                thread = threading.Thread(target=_fail, args=(password,))
                thread.start()
                thread.join()
                return Done()
        return Done(receipt=self.receiver.keyed(item.reference, to="x", key="").id)


class CheckedSettings(Settings):
    """With checks written in Python."""

    window_days: int = Field(10, description="Days back.", unit="days")
    contact: str = Field("Borgerservice", description="Who is asked.", personal=True)
    token: SecretRef | None = Field(None, description="For the register.")

    @field_validator("window_days")
    @classmethod
    def check_window(cls, value: int) -> int:
        """No week is looked back twice."""
        if value == 666:
            os._exit(9)
        if value == 999:
            threading.Event().wait()
        if value == 500:
            raise RuntimeError("a bug of the bot")
        if value == 777:
            _print(os.environ["REFKEY"])
            raise ValueError(f"no register with {os.environ['REFKEY']}")
        if value % 7:
            raise ValueError(f"{value} days are no whole weeks")
        return value

    @model_validator(mode="after")
    def check_contact(self) -> "CheckedSettings":
        """Not everybody may be asked."""
        if self.contact.startswith("Niels"):
            logging.getLogger("bot").warning("asked %s", self.contact)
            raise ValueError(f"{self.contact} has retired")
        return self


class Checked(Bot[CheckedSettings]):
    """Has nothing to do but being checked."""

    name = "checked"
    record = Scripted.record
    benefit = Scripted.benefit

    receiver: Receiver

    def find(self) -> Sequence[WorkItem[Script]]:
        """Nothing; a check that comes here has gone too far."""
        if "REFKEY" in os.environ:
            _print(os.environ["REFKEY"])
            raise ValueError(f"no register with {os.environ['REFKEY']}")
        Path(self.settings.cases).write_text("find was called", encoding="utf-8")
        return ()

    def process(self, item: WorkItem[Script]) -> Outcome:
        """Nothing."""
        return Done()


class Drawer:
    """A store of secrets: files in a drawer beside the municipality's folder."""

    name = "drawer"

    def look(self, ref: SecretRef, folder: Path) -> SecretMissingError | None:
        """Nothing is seen from outside."""
        return None

    def read(self, ref: SecretRef, folder: Path) -> bytes:
        """What lies in it."""
        path = folder / "drawer" / ref.place
        if not path.exists():
            raise SecretMissingError(ref, "is not in the drawer", remedy="put it there")
        return path.read_bytes()


def _print(password: str) -> None:
    print("out", password)  # noqa: T201 - what a careless bot does
    print("err", password, file=sys.stderr)  # noqa: T201 - as above
    sys.stdout.write(password[:3])
    sys.stdout.write(password[3:] + "\n")
    sys.stderr.buffer.write(f"bytes {password}\n".encode())
    print("repr", repr(password), quote(password))  # noqa: T201 - as above
    print("basic", base64.b64encode(f"rpac:{password}".encode()).decode())  # noqa: T201 - as above
    logging.getLogger("bot").warning("login %s", password)
    warnings.warn(f"old login {password}", stacklevel=1)
    try:
        _fail(password)
    except ValueError:
        logging.getLogger("bot").exception("failed")


def _fail(password: str) -> None:
    raise ValueError(f"deep in a library: {password}")


@hookimpl
def rpac_bots() -> Sequence[type[Bot[Any]]]:
    """The bots."""
    return (Leaky, Checked)


@hookimpl
def rpac_connectors() -> Sequence[type[object]]:
    """The connector."""
    return (LeakyReceiver,)


@hookimpl
def rpac_secret_stores() -> Sequence[object]:
    """The drawer."""
    return (Drawer(),)
