"""Publishing: the same checks as the registry makes, then the upload that twine would make, and what follows.

Rules this module keeps: what the registry would refuse is refused here, before anything is sent; the token
goes to the registry's host alone and is never printed; a byte-identical repeat is no error, nor is that of a
command which was killed after the upload or after the submission.

Source: the legacy upload API of the Python Package Index (form ``:action=file_upload``).

Usage::

    published = publish(registry, Path("dist/welcome_letters-1.0.0-py3-none-any.whl"), token)
    published.state
"""

import hashlib
import importlib
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from urllib3.filepost import encode_multipart_formdata

from rpa_commons.capabilities import RpaCommonsError

from ._client import Registry
from ._errors import RegistryError, TokenMissingError, UploadRefusedError
from ._http import reason_of

if TYPE_CHECKING:
    from typing import TypeAlias

    from urllib3.fields import RequestField

    _Value: TypeAlias = str | bytes | tuple[str, str | bytes] | tuple[str, str | bytes, str]

    from rpa_commons.conformance import WheelReport

__all__ = ["NotPublishableError", "Published", "publish", "registry_token", "release"]

_VARIABLE = "RPAC_REGISTRY_TOKEN"
_OK = range(200, 300)
_CONFLICT = 409


class NotPublishableError(RpaCommonsError):
    """A wheel breaks the registry's rules; nothing was sent.

    Attributes:
        report: What is wrong with it.
    """

    def __init__(self, report: "WheelReport") -> None:
        wrong = [one for one in report.findings if one.severity == "error"]
        lines = "".join(f"\n  {one.code} {one.place}: {one.message}" for one in wrong)
        super().__init__(
            f"{report.filename} is not published: the registry would refuse it{lines}",
            remedy=f"`rpac check {report.filename}` shows each with its help; then `rpac build` again",
        )
        self.report = report


@dataclass(frozen=True)
class Published:
    """What the registry has now.

    Attributes:
        project: Its name.
        version: The version.
        sha256: Of the wheel, hex; empty where no wheel was sent.
        state: Of the release in the registry; empty when it does not say.
        following: What happens next, a sentence each.
    """

    project: str
    version: str
    sha256: str
    state: str
    following: tuple[str, ...]


def registry_token(address: str) -> str:
    """The token for a registry: ``RPAC_REGISTRY_TOKEN``, or the one in the system's key store.

    Raises:
        TokenMissingError: there is none.
    """
    if token := os.environ.get(_VARIABLE, "").strip():
        return token
    host = urlsplit(address).netloc
    try:
        keyring = importlib.import_module("keyring")  # where somebody installed it; none of our dependencies
        token = keyring.get_password(f"rpac:{host}", "__token__") or ""
    except Exception as error:  # not installed, or whatever a backend raises without a key store
        raise TokenMissingError(host) from error
    if not token:
        raise TokenMissingError(host)
    return token


def publish(registry: Registry, wheel: Path, token: str, *, submit: bool = False) -> Published:
    """Check a wheel and upload it.

    Args:
        registry: Where to.
        wheel: The file.
        token: With the scope ``upload``.
        submit: Also hand it in for review.

    Raises:
        NotPublishableError: it breaks a rule; nothing was sent.
        UploadRefusedError: the registry refuses it.
        UnreachableError: there was no whole answer; the same command may be repeated.
    """
    from rpa_commons.conformance import examine
    from rpa_commons.connectors import built_in_names

    report = examine(wheel, reserved=built_in_names())
    if report.refused:
        raise NotPublishableError(report)
    name, version = report.name, report.version
    content = wheel.read_bytes()
    registry.progress(f"uploading {wheel.name} ({len(content) / 1024:.0f} KiB) to {registry.home}")
    is_created = _upload(registry, wheel.name, content, report, token)
    state = _state(registry, name, version) or ("staged" if is_created else "")
    if submit and state in {"", "staged"}:  # the repeat of a command that broke off finds it in review
        state = _handed_in(registry, token, name, version)
    sha256 = hashlib.sha256(content).hexdigest()
    following = _following(registry, wheel, name, version, state)
    if not _state(registry, name, version):
        following = (_new_name(name), *following)
    return Published(name, version, sha256, state, following)


def release(registry: Registry, name: str, version: str, token: str) -> Published:
    """Put a release of one's own municipality, which was reviewed, into the channel ``all``.

    That it was done before is no error.

    Args:
        registry: Where it is in review.
        name: The project's.
        version: The version.
        token: With the scope ``upload``, of a person of the municipality that owns the name.

    Raises:
        UploadRefusedError: the registry refuses it: not in review, the name is not accepted, no rights.
        UnreachableError: there was no whole answer; the same command may be repeated.
    """
    registry.progress(f"releasing {name} {version}")
    try:
        state = act(registry, token, name, version, "publish") or _state(registry, name, version)
    except UploadRefusedError as error:
        state = _state(registry, name, version) if error.status == _CONFLICT else ""
        if state not in {"published", "certified"}:
            raise
    return Published(name, version, "", state, _following(registry, None, name, version, state))


def _handed_in(registry: Registry, token: str, name: str, version: str) -> str:
    """Submit a release; its state. That it was submitted before is no error.

    A release whose name is new shows on no page, so only the refusal tells that it is in review.
    """
    registry.progress(f"handing {name} {version} in for review")
    try:
        return act(registry, token, name, version, "submit") or _state(registry, name, version)
    except UploadRefusedError as error:
        if error.status == _CONFLICT and f"{name} {version} is in review;" in error.reason:
            return "in_review"
        raise


def act(registry: Registry, token: str, name: str, version: str, what: str) -> str:
    """Carry out one act on a release, such as ``submit``; the state it led to. Raises as :func:`publish`."""
    path = f"/api/v1/releases/{quote(name)}/{quote(version)}/{what}"
    status, reason, body = registry.http.post(path, token, json_body={})
    if status not in _OK:
        remedy = "do first what it names; then run the command again" if status == _CONFLICT else ""
        raise UploadRefusedError(f"{name} {version}", status, reason_of(body) or reason, remedy=remedy)
    try:
        answer = json.loads(body)
    except ValueError:
        return ""
    return str(answer.get("state", "")) if isinstance(answer, dict) else ""


def _upload(registry: Registry, filename: str, content: bytes, report: "WheelReport", token: str) -> bool:
    """Send it; whether the registry says that it was not there before."""
    fields = {
        ":action": "file_upload",
        "protocol_version": "1",
        "metadata_version": "2.1",
        "name": report.name,
        "version": report.version,
        "filetype": "bdist_wheel",
        "pyversion": filename.split("-")[-3],
        "sha256_digest": hashlib.sha256(content).hexdigest(),
    }
    parts: list[tuple[str, _Value] | RequestField]
    parts = [*fields.items(), ("content", (filename, content, "application/octet-stream"))]
    body, kind = encode_multipart_formdata(parts)
    status, reason, answer = registry.http.post("/legacy/", token, form=body, headers={"Content-Type": kind})
    if status not in _OK:
        raise UploadRefusedError(filename, status, reason_of(answer) or reason)
    return f"{report.name} {report.version} is staged".encode() in answer


def _state(registry: Registry, name: str, version: str) -> str:
    try:
        release = replace(registry, _projects={}).project(name).find(version)  # as it is now
    except RegistryError:  # it was taken; that its page is not there yet is no failure
        return ""
    return release.state if release is not None else ""


def _following(
    registry: Registry, wheel: Path | None, name: str, version: str, state: str
) -> tuple[str, ...]:
    """What happens next, with commands that work from any folder."""
    file = str(wheel or "WHEEL")
    where = f"--registry {registry.home}"
    submit = f"`rpac publish {_quoted(file)} --submit {where}` hands it in for review"
    return {
        "": (f"{submit}, where that was not done yet",),
        "staged": ("only people with a token see it yet", submit),
        "in_review": (
            f"coordinators look at it: `rpac-registry review {name} {version}` at the registry, or its pages",
            f"then your municipality releases it: `rpac publish {name}=={version} --release {where}`",
        ),
        "published": ("it is in the channel all; two coordinators of other members certify it",),
        "certified": ("it is in the channel certified; nothing is left to do",),
    }.get(state, (f"`rpac info {name} {version} {where}` shows its state",))


def _new_name(name: str) -> str:
    return (
        "the name is new, so no page shows it yet: a coordinator of another member accepts it by "
        f"`rpac-registry accept {name} --reason TEXT --as LOGIN` at the registry"
    )


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text
