"""Passwords: argon2, a few rules, and the same work for accounts that do not exist."""

import threading

import pytest
from argon2 import PasswordHasher

from cag_events.accounts import passwords
from cag_events.accounts.passwords import check, hash_password, verify
from cag_events.domain.errors import Refused

GOOD = "three words of mine"


def refusal(password: str, name: str = "Anna Testlund", email: str = "anna.testlund@example.org") -> str | None:
    try:
        check(password, name=name, email=email)
    except Refused as fault:
        return fault.code
    return None


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short word", "password.short"),
        ("x" * 257, "password.long"),
        ("qwerty123456", "password.common"),
        ("Password2026!", "password.common"),
        ("111111111111", "password.common"),
        ("abababababab", "password.common"),
        ("anna.testlund", "password.own"),
        ("Anna Testlund", "password.own"),
        ("AnnaTestlund1", "password.own"),
        ("anna.testlund@example.org", "password.own"),
        (GOOD, None),
        ("cag-demo-2026", None),
        ("лошадь скрепка", None),
        ("x7" * 60 + "y9", None),
    ],
)
def test_check_refuses_what_is_easy_to_guess(password: str, code: str | None) -> None:
    assert refusal(password) == code


def test_hash_is_argon2id_with_at_least_19_mebibytes() -> None:
    stored = hash_password(GOOD)
    memory = int(stored.split("m=")[1].split(",")[0])

    assert stored.startswith("$argon2id$")
    assert memory >= 19 * 1024


def test_verify_tells_right_from_wrong() -> None:
    stored = hash_password(GOOD)

    assert verify(stored, GOOD) == (True, None)
    assert verify(stored, GOOD + "x") == (False, None)


def test_verify_refuses_everything_without_a_stored_hash() -> None:
    assert verify(None, "nobody has this password") == (False, None)


def test_verify_makes_a_new_hash_when_the_old_one_is_weak() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8192).hash(GOOD)

    verdict = verify(weak, GOOD)

    assert verdict.is_right
    assert verdict.new_hash is not None
    assert verify(verdict.new_hash, GOOD) == (True, None)


def test_at_most_four_hashes_are_made_at_once() -> None:
    for _ in range(passwords.AT_ONCE):
        assert passwords._places.acquire(blocking=False)
    thread = threading.Thread(target=hash_password, args=(GOOD,))
    thread.start()
    thread.join(timeout=0.2)
    waits = thread.is_alive()
    for _ in range(passwords.AT_ONCE):
        passwords._places.release()
    thread.join()

    assert waits


def test_the_list_has_the_ten_thousand_commonest() -> None:
    words = passwords.COMMON.read_text("utf-8").split()

    assert (len(words), words[:3]) == (10_000, ["123456", "password", "12345678"])
