"""Runs in the environment of ``python-serviceplatformen``: calls that client, unmodified, for one job.

The job is a JSON file: ``hosts`` (names that lead to 127.0.0.1), ``port``, ``certificate`` (PEM), ``cvr``,
and ``calls``, each a list of a name and its arguments. What the calls return, or fail with, is printed as
JSON. Only the name lookup is redirected; the trust comes from ``REQUESTS_CA_BUNDLE``.
"""

import base64
import json
import socket
import sys
from pathlib import Path
from typing import Any

from python_serviceplatformen import digital_post
from python_serviceplatformen.authentication import KombitAccess
from python_serviceplatformen.models import message as memo
from python_serviceplatformen.models import physical_mail

job = json.loads(Path(sys.argv[1]).read_text("utf-8"))
look_up = socket.getaddrinfo


def redirected(host: Any, port: Any, *more: Any, **others: Any) -> Any:
    """The names of the job lead to the sandbox, and no other name leads anywhere."""
    if host in job["hosts"] and port == 443:
        return look_up("127.0.0.1", job["port"], *more, **others)
    raise OSError(f"no call to {host}:{port} was expected")


socket.getaddrinfo = redirected
access = KombitAccess(job["cvr"], job["certificate"], test=job["test"])


def parties(recipient: str) -> dict[str, Any]:
    """Who sends and who receives."""
    return {
        "sender": memo.Sender(senderID=job["cvr"], idType="CVR", label="Roskilde Kommune"),
        "recipient": memo.Recipient(recipientID=recipient, idType="CPR"),
    }


def is_registered(number: str, service: str) -> Any:
    """As the client asks."""
    return digital_post.is_registered(number, service, access)


def send_letter(recipient: str, filename: str, content: str) -> Any:
    """A letter with one file, made by the client's own helper."""
    file = memo.File(
        encodingFormat="application/pdf",
        filename=filename,
        language="da",
        content=base64.b64encode(content.encode()).decode(),
    )
    made = memo.create_digital_post_with_main_document("Velkommen", files=(file,), **parties(recipient))
    digital_post.send_message("Digital Post", made, access)
    return made.messageHeader.messageUUID


def send_text(recipient: str, text: str) -> Any:
    """A text message, made by the client's own helper."""
    made = memo.create_nemsms("Husk", text, **parties(recipient))
    digital_post.send_message("NemSMS", made, access)
    return made.messageHeader.messageUUID


def send_paper(content: str) -> Any:
    """A letter on paper, made by the client's own helper."""
    made = physical_mail.create_physical_mail(4711, content.encode())
    digital_post.send_physical_mail(made, access)
    return made.afsendelse_identifikator.value


def read_our_shipment(path: str) -> Any:
    """Our own request, read by the classes that the client generated from the official schemas."""
    from xsdata.formats.dataclass.parsers import XmlParser
    from xsdata.formats.dataclass.parsers.config import ParserConfig

    parser = XmlParser(config=ParserConfig(fail_on_unknown_properties=True, fail_on_converter_warnings=True))
    request = parser.from_bytes(Path(path).read_bytes(), physical_mail.KombiRequest)
    one = request.forsendelse_i_samling.forsendelse_i
    address = one.forsendelse_modtager.modtager_adresse
    return {
        "choice": request.kombi_valg_kode,
        "id": one.afsendelse_identifikator.value,
        "type": one.forsendelse_type_identifikator.value,
        "recipient": one.forsendelse_modtager.afsendelse_modtager.cpr_nummer_identifikator.value,
        "letter": one.meddelelse_indhold_data.value,
        "sides": one.print_parametre.simplex_duplex_kode.value.value,
        "colour": one.print_parametre.farve_shkode.value.value,
        "envelope": one.print_parametre.kuvert_type_kode.value.value,
        "postage": one.post_parametre.post_kategori_kode.value.value,
        "attachments": [bilag.bilag_navn.value for bilag in one.bilag_samling.bilag],
        "name": address.person_name.value,
        "first_line": address.postal_address_first_line_text.value,
        "post_code": address.post_code_identifier.value,
    }


def outcome(name: str, *arguments: Any) -> dict[str, Any]:
    """What a call returns, or how it fails."""
    try:
        return {"returned": globals()[name](*arguments)}
    except Exception as error:  # noqa: BLE001 - whatever the client raises is the outcome
        answer = getattr(error, "response", None)
        status = None if answer is None else answer.status_code
        return {"failed": type(error).__name__, "status": status, "text": str(error)[:300]}


json.dump({"outcomes": [outcome(*call) for call in job["calls"]]}, sys.stdout)
