"""``ssbtek``: benefit data from seven Swedish agencies through SSBTEK version 10 (SOAP, mutual TLS).

SSBTEK (Sammansatt bastjänst för ekonomiskt bistånd) is run by Försäkringskassan for the municipalities: one
question about one person, answered by Försäkringskassan and Pensionsmyndigheten, CSN, Arbetsförmedlingen,
the a-kassor, Skatteverket, Transportstyrelsen and Migrationsverket, each for itself.

Usage, in ``stack.toml``::

    [BenefitData]
    connector = "ssbtek"
    [BenefitData.settings]
    url = "https://..."                            # given with the agreement
    organisation = "162120002411"
    organisation_name = "Sundsvalls kommun"
    officer = "rpa"
    purpose = "Beslut om ekonomiskt bistånd"
    law = "..."                                    # as the agreement has it
    agencies = ["fk", "csn", "so"]
    fk_actor = "..."
    fk_benefits = ["FK:SJP", "FK:FP", "PM:AP"]
    certificate = { file = "secrets/ssbtek.p12" }
    certificate_password = { env = "RPAC_SSBTEK_P12" }

An answer is checked by the official schema where ``rpac specs add`` has kept it, and always by our own
reader; ``BenefitAnswer.checked_by`` says by which. An agency whose part breaks its contract is ``refused``
with place and reason, and the others stand.

What was tested where: :data:`VERIFIED`; never against the real service, whose codes are not public. The
modules are pure but for ``_connector`` and, for the kept schema's files, ``_check``.
"""

from ._access import ACCESS, VERIFIED
from ._answer import FaultError, Nothing, parse_answer, read_answer
from ._check import OfficialSchema, official_schema
from ._connector import Ssbtek, question_for
from ._question import Asker, Lefi, Question, build_question
from ._settings import SsbtekSettings
from ._words import AGENCIES

__all__ = [
    "ACCESS",
    "AGENCIES",
    "VERIFIED",
    "Asker",
    "FaultError",
    "Lefi",
    "Nothing",
    "OfficialSchema",
    "Question",
    "Ssbtek",
    "SsbtekSettings",
    "build_question",
    "official_schema",
    "parse_answer",
    "question_for",
    "read_answer",
]
