"""The how-to of connectors shows what is there: its excerpts are in the files, its simulator runs."""

import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests

from rpa_commons.config import SecretRef, resolve_secret
from rpa_commons.connectors import Surroundings, contract
from rpa_commons.connectors.rest_ledger import RestLedger, RestLedgerSettings
from rpa_commons.sandbox import Sandbox
from rpa_commons.sdk import Municipality

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "how-to" / "write-a-connector.md").read_text("utf-8")
EXCERPTS = re.findall(r"<!-- from: (\S+) -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
BLOCKS = re.findall(r"(?<!-->\n)```python\n(.*?)```", PAGE, re.DOTALL)
FAILURES = PAGE.partition("<!-- failures -->\n```python\n")[2].partition("```")[0]
CONTRACT = PAGE.partition("<!-- contract -->\n```python\n")[2].partition("```")[0]


@pytest.mark.parametrize(("path", "excerpt"), EXCERPTS)
def test_an_excerpt_is_in_its_file(path: str, excerpt: str) -> None:
    """Letter by letter, so that the page changes with the code."""
    assert excerpt in (ROOT / path).read_text("utf-8")


def test_there_are_excerpts_and_the_files_it_names() -> None:
    """The page shows its example, and the tree of the folder is the folder's."""
    tree = PAGE.partition("```text\n")[2].partition("```")[0]
    names = re.findall(r"\b_?\w+\.(?:py|toml|md)\b", tree)
    there = {path.name for path in (ROOT / "plugins" / "connector-kmd-nova").rglob("*.*")}

    assert len(EXCERPTS) >= 7
    assert [] == [name for name in names if name not in there]


def test_the_simulator_of_the_page_runs(tmp_path: Path) -> None:
    """It takes one case per key, refuses without a key, and fails when told to."""
    simulator, use = BLOCKS
    names: dict[str, Any] = {"Sandbox": Sandbox, "tmp_path": tmp_path, "call": called}
    exec(simulator, names)  # noqa: S102 - the page's own code
    body = (
        "    headers = {'Idempotency-Key': 'k'}\n"
        "    said = [call(address, headers, str(box.ca_bundle)) for _ in range(3)]\n"
        "    said.append(call(address, {}, str(box.ca_bundle)))\n"
        "    taken = dict(box.effects('register'))\n"
    )
    exec(use + body, names)  # noqa: S102 - the same

    assert ["cut", "200", "200", "400"] == names["said"]
    assert {"k": 1} == names["taken"]


def test_every_contract_and_its_helpers_are_named() -> None:
    """The table has a row for each capability, and all that the package of contracts gives is on the page."""
    rows = re.findall(r"^\| `(\w+)` \| `(\w+Contract)` \|", PAGE, re.MULTILINE)
    named = {name for name in contract.__all__ if name.endswith("Contract") and name != "FailureContract"}

    assert named == {contract_class for _, contract_class in rows}
    assert [] == [(one, other) for one, other in rows if other != f"{one}Contract"]
    assert [] == [name for name in contract.__all__ if name != "FailureContract" and name not in PAGE]


@pytest.mark.parametrize(
    "asked",
    [
        contract.FailureContract.test_every_failure_is_shown_or_its_absence_explained,
        contract.FailureContract.test_a_server_error_is_no_answer,
        contract.FailureContract.test_a_busy_system_is_called_later,
        contract.FailureContract.test_a_duplicate_is_one,
    ],
)
def test_the_failures_of_the_page_are_those_of_a_ledger(tmp_path: Path, asked: Any) -> None:
    """They pass the contract against the ledger of the sandbox, called as the page calls its own."""
    names: dict[str, Any] = {}
    exec(FAILURES.replace('"mine"', '"rest-ledger"'), names)  # noqa: S102 - the page's own code
    with Sandbox(tmp_path / "box", people=5, only=("rest-ledger",)) as box:
        failures = names["failures_of"](box, partial(ledger_of, box))
        asked(contract.FailureContract(), failures)

        assert failures.taken() <= 1


@pytest.mark.parametrize(
    "asked",
    [
        contract.LedgerContract.test_it_declares_itself,
        contract.LedgerContract.test_a_restarted_worker_posts_nothing_again,
        contract.LedgerContract.test_an_unreachable_ledger_keeps_the_case_waiting,
    ],
)
def test_the_test_module_of_the_page_is_that_of_a_ledger(tmp_path: Path, asked: Any) -> None:
    """It reaches the ledger of the sandbox, called as the page calls its own, and sees what that took."""
    names: dict[str, Any] = {"MineLedger": RestLedger}
    code = f"{FAILURES}\n{CONTRACT}".replace('"mine"', '"rest-ledger"').replace(
        'one["reference"]', 'one["voucher"]["reference"]'
    )
    with Sandbox(tmp_path / "box", people=5, only=("rest-ledger",)) as box:
        service: Any = box.services["rest-ledger"]
        token = service.token_file.read_text("utf-8").strip()
        names["MineSettings"] = lambda url, **rest: RestLedgerSettings(
            url=f"{url}/ledger/v1", token=SecretRef(env="ANY"), **rest
        )
        exec(code.replace('"a secret"', repr(token)), names)  # noqa: S102 - the page's own code
        cases = names["cases_of"](box)
        asked(contract.LedgerContract(), cases)

        assert cases.silence is not None


def ledger_of(box: Sandbox) -> RestLedger:
    """A new connector to the sandbox's ledger."""
    service: Any = box.services["rest-ledger"]
    settings = RestLedgerSettings(
        url=box.url_of("rest-ledger") + "/ledger/v1",
        ca_bundle=str(box.ca_bundle),
        token=SecretRef(file=str(service.token_file)),
        read_timeout=0.4,
        attempts=1,
    )
    secret = partial(resolve_secret, folder=box.folder)
    roskilde = Municipality("0265", "Roskilde", "29189404")
    return RestLedger(settings, Surroundings(roskilde, "sandbox", box.folder, secret))


def called(address: str, headers: dict[str, str], authority: str) -> str:
    """The status, or that the answer was cut."""
    try:
        return str(requests.post(address, headers=headers, verify=authority, timeout=5).status_code)
    except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
        return "cut"
