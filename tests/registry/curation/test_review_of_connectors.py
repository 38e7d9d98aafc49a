"""What reviewers see of a connector wheel: what it serves and weakens first, then every setting."""

from rpa_commons.manifest import Manifest
from rpa_registry.curation._first_review import everything_new
from tests.support.wheels import connector_entry


def test_a_first_version_lists_all_that_it_declares() -> None:
    """A connector is new, what it promises less is marked, and so is how far it was tried."""
    manifest = Manifest(
        kind="connector",
        name="connector-paper",
        version="1.0.0",
        summary="Paper.",
        sdk_version="0.1.0",
        connectors=(connector_entry(effects={"post": "unsafe"}),),
    )
    found = [(one["kind"], one["key"], one["sensitive"]) for one in everything_new(manifest)]

    assert ("permission", "paper-ledger", False) == found[0]
    assert ("permission", "Ledger.post", True) in found
    assert ("new", "stack.Ledger.settings.window_days", False) in found
    assert ("needs", "paper-ledger", False) in found
