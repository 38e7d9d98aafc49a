"""The capabilities of a release are found by what it exports."""

from rpa_commons import capabilities
from rpa_commons.capabilities import capability_spec, every_capability


def test_every_exported_capability_is_there_by_its_name() -> None:
    """With its own spec; models, errors and helpers are none."""
    known = every_capability()

    assert capability_spec(capabilities.DigitalPost) is known["DigitalPost"]
    assert {"BenefitData", "CaseSystem", "InvoiceInbox", "Ledger", "PopulationEvents"} < known.keys()
    assert not {"Money", "Person", "EffectClass", "every_capability"} & known.keys()
    assert sorted(known) == list(known)
