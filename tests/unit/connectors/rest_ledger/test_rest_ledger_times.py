"""The ledger's times are UTC here, whatever zone it writes them in."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from rpa_commons.connectors.rest_ledger._connector import _Voucher


def test_a_time_of_another_zone_is_told_in_utc() -> None:
    """A receipt says UTC as the capability promises."""
    given: Any = {"id": "B1", "reference": "R1", "accepted_at": "2026-11-22T01:30:00+02:00"}
    accepted = _Voucher.model_validate(given).accepted_at

    assert datetime(2026, 11, 21, 23, 30, tzinfo=UTC) == accepted
    assert timedelta(0) == accepted.utcoffset()


def test_a_time_before_all_times_is_refused() -> None:
    """A time that has none in UTC is an unreadable answer, not a crash."""
    given: Any = {"id": "B1", "reference": "R1", "accepted_at": "0001-01-01T00:00:00+14:00"}

    with pytest.raises(ValidationError):
        _Voucher.model_validate(given)
