"""Contestants that live in processes of their own and answer with seconds, round after round."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

__all__ = ["PEERS", "Contestant", "DisagreementError", "agreed"]

PEERS = Path(__file__).parent / "peers"


class DisagreementError(Exception):
    """Two contestants gave different results, so their times say nothing.

    Attributes:
        names: The two.
    """

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} and {other} gave different results: nothing was measured")
        self.names = (one, other)


class Contestant:
    """A process that speaks ``peers/config_loop.py``.

    Attributes:
        name: As the results call it.
        python: Version of its interpreter.
        result: What it gave, as JSON values.
    """

    def __init__(self, name: str, python: Path | str, script: str, *arguments: str | Path) -> None:
        self.name = name
        command = [str(python), str(PEERS / script), *map(str, arguments)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        first = json.loads(self._answer())
        self.python: str = first["python"]
        self.result: Any = first["result"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def seconds(self, times: int) -> float:
        """Seconds for so many resolutions."""
        assert self._process.stdin is not None  # noqa: S101 - it was opened above
        self._process.stdin.write(f"{times}\n")
        self._process.stdin.flush()
        return float(self._answer())

    def _answer(self) -> str:
        assert self._process.stdout is not None  # noqa: S101 - it was opened above
        line = self._process.stdout.readline()
        if not line:
            self._process.communicate()
            raise RuntimeError(f"{self.name} ended with exit code {self._process.returncode}: no measurement")
        return line


def agreed(contestants: Sequence[Contestant]) -> Any:  # noqa: ANN401 - JSON values
    """The result that all contestants gave.

    Raises:
        DisagreementError: they did not.
    """
    first = contestants[0]
    for other in contestants[1:]:
        if json.dumps(other.result, sort_keys=True) != json.dumps(first.result, sort_keys=True):
            raise DisagreementError(first.name, other.name)
    return first.result
