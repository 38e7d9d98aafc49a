"""The two contestants of the lookups take turns, and each is charged for its own calls."""

from benchmarks.lookups import _Alternating


class Clock:
    """Seconds that the contestants spend."""

    now = 0.0

    def __call__(self) -> float:
        """The seconds."""
        return self.now

    def spender(self, seconds: float, calls: list[str], name: str) -> object:
        """A contestant that takes so long for a call."""

        def look_up(_cpr: str) -> None:
            calls.append(name)
            self.now += seconds

        return look_up


def test_each_is_charged_for_its_own_calls() -> None:
    """The rate is calls a second of one's own time, whoever was called in between."""
    clock, calls = Clock(), list[str]()
    contestants = [clock.spender(0.02, calls, "ours"), clock.spender(0.01, calls, "bare")]

    both = _Alternating(["a", "b", "c"], contestants, clock, rate=True)  # type: ignore[arg-type]

    assert (50.0, 100.0) == (round(both.first(), 6), round(both.second(), 6))
    assert calls.count("ours") == calls.count("bare") == 12


def test_nobody_is_always_first() -> None:
    """Whoever is called second finds the simulator awake, so they change places."""
    clock, calls = Clock(), list[str]()
    contestants = [clock.spender(1, calls, "ours"), clock.spender(1, calls, "bare")]

    both = _Alternating(["a", "b"], contestants, clock, rate=False)  # type: ignore[arg-type]
    figure = both.first()

    assert 1000.0 == figure
    assert ["bare", "ours", "ours", "bare"] == calls[:4]
