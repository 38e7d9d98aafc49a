"""A baseline's wheel, built by uv as the coordinator builds it, opened as a member opens it."""

from pathlib import Path

from rpa_commons.config import baseline_members
from rpa_commons.config.municipality import unpack_baseline
from rpa_commons.environments import build_wheel, check_wheel

EXAMPLE = Path(__file__).parents[3] / "examples" / "digit" / "baseline"


def test_the_examples_baseline_becomes_the_same_wheel_twice(tmp_path: Path) -> None:
    """Equal bytes, a valid wheel of kind baseline, every file in it; the folder is left as it was."""
    before = {path: path.read_bytes() for path in EXAMPLE.rglob("*") if path.is_file()}
    wheels = [build_wheel(EXAMPLE, tmp_path / name, progress=lambda _: None) for name in ("a", "b")]
    manifest, members = baseline_members(wheels[0])

    assert wheels[0].read_bytes() == wheels[1].read_bytes()
    assert "baseline" == manifest.kind == check_wheel(wheels[0]).manifest.kind
    assert {path.relative_to(EXAMPLE).as_posix(): content for path, content in before.items()} == members
    assert before == {path: path.read_bytes() for path in EXAMPLE.rglob("*") if path.is_file()}
    assert (unpack_baseline(wheels[0], tmp_path / "state").folder / "baseline.toml").is_file()
