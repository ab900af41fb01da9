"""Erased is erased: at once, in every table, in the mail queue, in the file; and again after a backup is restored."""

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from cag_events import clock, keyring
from cag_events.cli import main
from cag_events.db import Base, EncryptedText, db, transaction
from cag_events.domain.errors import NotFound, Refused
from cag_events.domain.inviting import read_addressees
from cag_events.outbox.models import Message
from cag_events.outbox.retention import delete_files_to
from cag_events.registrations.models import (
    FORGOTTEN,
    CalendarSent,
    Delegate,
    ErasedRow,
    Invitation,
    Invitee,
    PartyMember,
    Registration,
)
from cag_events.registrations.queries import count_by, find_by_token
from cag_events.registrations.services import check_in, restore, withdraw
from cag_events.registrations.services.erasing import erase, erase_address, erase_code, list_erased, replay
from cag_events.registrations.services.groups import Told, add_helper, name_members
from cag_events.registrations.services.invitations import Sending, send
from cag_events.registrations.services.passing import pass_on
from tests.factories import make_event, make_organisation, make_segment
from tests.registrations.given import count, link_token, written
from tests.registrations.wishes import dates_of, made, of, organizer, seats_held, statuses

CANARY = "kanariefagel"
EMAIL = f"{CANARY}@example.org"


@pytest.fixture(autouse=True)
def _house(request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("any_ctx" if "any_ctx" in request.fixturenames else "app_ctx")
    make_organisation()


def full_life(event):
    """A party that has left a trace wherever one can be left."""
    registered = made(
        event,
        name=f"{CANARY} Ek",
        email=EMAIL,
        party=3,
        idempotency_key="k1",
        segment="students",
        answers={"needs": f"{CANARY} hörslinga", "organisation": CANARY},
    )
    name_members(registered.registration_id, {2: Told(f"{CANARY} två", CANARY), 3: Told("tre")})
    add_helper(registered.registration_id, f"helper.{EMAIL}")
    pass_on(registered.registration_id, f"{CANARY} ny", f"new.{EMAIL}")
    link_token(registered.registration_id)
    written()
    return registered


def a_full_event(**more):
    make_segment("students")
    return make_event(capacity=3, guests=2, ask=["needs", "org", "segment"], **more)


def everything_readable() -> str:
    """All that every table holds, with each encrypted text opened."""
    found = []
    for mapper in Base.registry.mappers:
        for row in db.session.scalars(select(mapper.class_)):
            found += [str(getattr(row, one.key)) for one in mapper.column_attrs]
            found += [
                str(getattr(row, name)) for name, kind in vars(type(row)).items() if isinstance(kind, EncryptedText)
            ]
    return "\n".join(found)


def traces(registration_id: int) -> dict[str, int]:
    """Rows, of any table, that lead to a registration and are more than a count."""
    kept = {"seat", "registration_occurrence", "registration_change", "registration", "calendar_sent"}
    found = {}
    for mapper in Base.registry.mappers:
        table = mapper.local_table
        for column in table.columns:  # type: ignore[union-attr]
            if any(key.target_fullname == "registration.id" for key in column.foreign_keys) and table.name not in kept:
                rows = db.session.scalars(select(column).where(column == registration_id)).all()
                found[f"{table.name}.{column.name}"] = len(rows)
    return found


def test_erase_leaves_nothing_of_the_person_in_any_table(any_ctx: Flask):
    event = a_full_event()
    registered = full_life(event)
    before = everything_readable()
    index = keyring.blind_index(EMAIL)

    erase(registered.registration_id)

    assert CANARY in before
    assert CANARY not in everything_readable()
    assert [place for place, number in traces(registered.registration_id).items() if number] == []
    assert db.session.scalar(select(Message.id).where(Message.to_index == index)) is None
    assert db.session.scalar(select(Registration.id).where(Registration.email_index == index)) is None


def test_erase_leaves_none_of_the_sealed_octets_in_the_file(app_ctx: Flask):
    event = a_full_event()
    registered = full_life(event)
    row = of(registered)
    sealed = [row.name_sealed, row.email_sealed, row.answers_sealed]
    sealed += db.session.scalars(select(PartyMember.name_sealed)).all()
    sealed += db.session.scalars(select(Delegate.email_sealed)).all()
    sealed += db.session.scalars(select(Message.text_sealed)).all()
    path = Path(db.engine.url.database or "")

    def octets() -> bytes:
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))

    db.session.rollback()
    before = octets()
    erase(registered.registration_id)
    db.session.rollback()
    after = octets()

    assert all(one is not None and one[:24] in before for one in sealed if one)
    assert [one for one in sealed if one and one[:24] in after] == []
    assert CANARY.encode() not in before + after


def test_erase_frees_the_seats_for_the_next_in_line_and_sends_no_mail():
    event = a_full_event()
    registered = full_life(event)
    made(event, 2, party=3)
    mails = len(written())

    done = erase(registered.registration_id)

    assert statuses(event) == ["withdrawn", "confirmed"]
    assert seats_held() == 3
    assert done["registration"] == 1
    assert EMAIL not in [mail.to for mail in written()]
    assert len(written()) < mails + 2


def test_erase_deletes_mails_that_wait_and_those_that_were_sent():
    event = a_full_event()
    registered = full_life(event)
    written()
    with transaction():
        db.session.scalars(select(Message).where(Message.event_id == event.id)).first()

    erase(registered.registration_id)

    assert [mail.to for mail in db.session.scalars(select(Message))] == []


def test_erase_keeps_the_counts_and_what_others_told():
    event = a_full_event()
    by = organizer()
    first, second = made(event, 1, segment="students", first_time=True), made(event, 2, segment="students")
    check_in(first.registration_id, dates_of(event)[0], by=by)

    with clock.fixed(event.ends_at + timedelta(hours=1)):
        erase(first.registration_id)

    counts = count_by(event.id)
    assert (counts.by_segment, counts.checked_in) == ({"students": 2}, 1)
    assert of(second).name == "Person 2"
    assert statuses(event) == ["confirmed", "confirmed"]


def test_erase_ends_links_and_has_no_undo_and_twice_does_nothing():
    registered = full_life(a_full_event())
    token = link_token(registered.registration_id)
    again = erase(registered.registration_id), erase(registered.registration_id)

    assert find_by_token(token) is None
    assert again[1].total() == 0
    with pytest.raises(Refused):
        restore(registered.registration_id)


def test_a_tombstone_holds_the_old_random_id_alone_and_replays_after_a_restore(any_ctx: Flask):
    event = a_full_event()
    registered, other = full_life(event), made(make_event(), 7)
    old = of(registered).row_id
    erase(registered.registration_id)
    buried = list_erased()
    with transaction():  # an older backup is restored over it
        row = of(other)
        row.row_id = old
        row.name = row.email = None
        row.name = "Back again"

    replay([*buried, "gone-for-long"])

    assert buried == [old]
    assert {column.name for column in ErasedRow.__table__.columns} == {"row_id", "at"}
    assert of(other).name is None
    assert set(list_erased()) == {old, "gone-for-long"}


def test_erase_address_finds_registrations_invitations_and_delegations_of_all_events():
    by = organizer()
    first, second, third = a_full_event(), make_event(), make_event()
    full_life(first)
    made(second, 2, email=EMAIL)
    send(third.id, Sending(addressees=read_addressees(f"{CANARY} <{EMAIL}>")), by=by)
    giver = made(third, 3)
    pass_on(giver.registration_id, CANARY, EMAIL)
    written()

    done = erase_address(EMAIL.upper())

    assert CANARY not in everything_readable().replace(f"helper.{EMAIL}", "")
    assert (done["registration"], done["invitation"]) == (2, 1)
    assert (count(Invitee), count(Invitation)) == (0, 0)
    assert of(giver).name == "Person 3"


def test_erase_code_refuses_a_reference_that_nobody_has():
    with pytest.raises(NotFound):
        erase_code("ZZZZZZ")


def test_delete_files_to_removes_the_mails_of_one_address_alone(tmp_path: Path):
    for number, to in enumerate((EMAIL, f"Namn <{EMAIL.upper()}>", f"x{EMAIL}")):
        (tmp_path / f"{number}.eml").write_text(f"To: {to}\nSubject: x\n\nText", "utf-8")

    assert delete_files_to(tmp_path, EMAIL) == 2
    assert [path.name for path in tmp_path.glob("*.eml")] == ["2.eml"]


@pytest.mark.parametrize("arguments", [[], ["--email", "a@example.org", "--registration", "ABC234"]])
def test_the_command_wants_one_of_email_and_registration(arguments):
    assert CliRunner().invoke(main, ["erase", *arguments]).exit_code == 2


def test_the_command_erases_and_prints_how_many_rows_of_each_table(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sqlite_url: str
):
    registered = full_life(a_full_event())
    code = of(registered).code
    db.session.rollback()
    monkeypatch.setenv("CAG_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("CAG_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("CAG_SECRET_KEY", "test-secret")
    monkeypatch.setenv("CAG_DATA_KEY", "1:" + "A" * 43)
    monkeypatch.setenv("CAG_INDEX_KEY", "B" * 43)

    unknown = CliRunner().invoke(main, ["erase", "--registration", "ZZZZZZ"])
    done = CliRunner().invoke(main, ["erase", "--registration", code.lower()])
    db.session.rollback()

    assert (unknown.exit_code, done.exit_code) == (1, 0), done.output
    assert "       1  registration\n" in done.output
    assert "       2  party_member\n" in done.output
    assert of(registered).name is None


def test_erase_keeps_the_number_alone_that_a_calendar_was_sent_so_that_the_next_one_is_higher(any_ctx: Flask):
    event = make_event(starts="2026-12-20T18:00", minutes=120)
    registered = made(event, email=EMAIL)
    written()
    withdraw(registered.registration_id)
    written()
    before = db.session.scalars(select(CalendarSent)).one().sequence

    erase(registered.registration_id)
    with clock.fixed(clock.now() + timedelta(hours=1)):
        made(event, email=EMAIL)
        written()

    gone, anew = db.session.scalars(select(CalendarSent).order_by(CalendarSent.id))
    assert (gone.method, gone.to_index == anew.to_index, anew.sequence > before) == (FORGOTTEN, False, True)
