"""Names as those see them who only need to tell people apart."""

import pytest

from cag_events.domain.names import short_name


@pytest.mark.parametrize(
    ("name", "letters", "short"),
    [
        ("Нурай Үлгүбаев", 1, "Нурай Ү."),
        ("Åsa Maria Testlund", 2, "Åsa Te."),
        ("Ripa", 1, "Ripa"),
        ("  ", 1, ""),
    ],
)
def test_short_name_keeps_the_first_name_and_the_beginning_of_the_last(name: str, letters: int, short: str) -> None:
    assert short_name(name, letters) == short
