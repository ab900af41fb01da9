"""What doctor says of zone data."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cag_events.cli.doctor import _is_old, _zones
from tests.zones import new_law

AT = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("release", "is_old"),
    [("2026.6", False), ("2026.1", False), ("2025.6", False), ("2025.5", True), ("2024.2", True), ("local", True)],
)
def test_zone_data_are_old_after_a_year(release: str, is_old: bool) -> None:
    assert _is_old(release, AT) is is_old


def test_doctor_names_the_release_and_refuses_data_from_before_the_change_in_kazakhstan(tmp_path: Path) -> None:
    good = _zones()
    with new_law(tmp_path, Asia__Almaty="Asia/Bishkek"):
        bad = _zones()

    assert (good.is_right, bad.is_right) == (True, False)
    assert "tzdata 20" in good.what
    assert "Asia/Almaty is +0600" in bad.what
