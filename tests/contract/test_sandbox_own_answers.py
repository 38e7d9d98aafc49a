"""A simulator whose own words break the official schema does not send them: the check can fail."""

import os
from email.message import Message
from pathlib import Path

import pytest
from lxml import etree

from rpa_commons.sandbox import Refusal, Request, Sandbox
from rpa_commons.sandbox.ssbtek import PATH
from rpa_commons.sandbox.ssbtek._parts import SSBT
from rpa_commons.sandbox.ssbtek._service import Ssbtek

ENVELOPE = "urn:oio:besked:kuvert:1.0"
QUESTION = f"""<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>\
<s:testaBastjanstInformation xmlns:s="{SSBT}">{{}}</s:testaBastjanstInformation></e:Body></e:Envelope>"""


@pytest.mark.specs
@pytest.mark.skipif("RPAC_SPECS" not in os.environ, reason="RPAC_SPECS does not name the official files")
def test_ssbtek_sends_no_answer_that_breaks_the_contract(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused as a failure of the service, and the same question is answered without the mistake."""
    headers = Message()
    headers["Content-Type"] = "text/xml"
    asked = Request("POST", PATH, {}, headers, QUESTION.format("").encode())
    schemas = Path(os.environ["RPAC_SPECS"]).resolve()
    with Sandbox(tmp_path / "box", seed=3, people=5, only=("ssbtek",), schemas=schemas) as box:
        service = box.services["ssbtek"]
        assert isinstance(service, Ssbtek)
        right = service.serve(asked).status
        monkeypatch.setattr(
            "rpa_commons.sandbox.ssbtek._service._tested", lambda: etree.Element(f"{{{SSBT}}}hamtaAllt")
        )
        with pytest.raises(Refusal) as caught:
            service.serve(asked)

    assert 200 == right
    assert (503, "schema") == (caught.value.status, caught.value.code)
    assert caught.value.text.startswith("the sandbox's own answer breaks the contract")


def test_sf1461_puts_no_message_that_breaks_the_schema_into_a_dueslag(tmp_path: Path) -> None:
    """The sandbox does not start with it."""
    specs = tmp_path / "specs"
    specs.mkdir()
    (specs / "Beskedkuvert.xsd").write_text(
        f'<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="{ENVELOPE}">'
        '<element name="Haendelsesbesked"><complexType/></element></schema>',
        "utf-8",
    )
    box = Sandbox(tmp_path / "box", seed=7, people=20, only=["sf1461"], schemas=specs)

    with pytest.raises(AssertionError, match="our own message breaks the schema"):
        box.start()
