"""The own page, the kit to print, certificates, and pages that a workshop does not have."""

import pytest

from cag_events import clock
from cag_events.db import transaction
from cag_events.events.queries import get_record
from cag_events.events.services.planning import duplicate_event
from cag_events.kinds.workshop import BY_PARTICIPANTS, BY_VENUE, PER_GROUP, Goal, KitItem, Task
from cag_events.permissions import SYSTEM, Role
from cag_events.registrations.services import check_in, make_link
from cag_events.workshops.queries import find_decision
from cag_events.workshops.services import go_ahead
from tests.factories import at, make_contact, make_event, sign_in
from tests.workshops.given import join, make_workshop, team

KIT = (
    KitItem(name={"en": "Felt pens"}, amount=2, note="In the blue box"),
    KitItem(name={"en": "Flip chart"}, per=PER_GROUP, by=BY_VENUE),
    KitItem(name={"en": "A photograph"}, by=BY_PARTICIPANTS),
)


def token_for(registration) -> str:
    with transaction():
        return make_link(registration.id)


@pytest.fixture
def over(app):
    """A workshop with a certificate at which one was and one was not; returns key, event id and their links."""
    with app.app_context():
        bo = make_contact("bo", name="Bo Ledare")
        event = make_workshop(
            certificate=True,
            goals=(Goal(text={"en": "You can lead an exercise"}),),
            people=[(bo, "facilitator")],
        )
        here, absent = join(event, 1), join(event, 2)
        with clock.fixed(at("2026-12-03T18:05")):
            check_in(here.id, by=SYSTEM)
        return event.key, event.id, token_for(here), token_for(absent)


def test_own_page_shows_tasks_with_dates_and_what_to_bring_to_those_with_a_seat(client, app) -> None:
    with app.app_context():
        event = make_workshop(
            capacity=1, kit=KIT, tasks=(Task(days=2, text={"en": "Read the case"}),), bring={"en": "Wear boots."}
        )
        seated, waiting = token_for(join(event, 1)), token_for(join(event, 2))

    with_seat, without = (client.get(f"/en/registrations/{token}").text for token in (seated, waiting))

    for text in ("Read the case", "1 Dec", "A photograph", "Wear boots."):
        assert text in with_seat
    assert ("Felt pens" in with_seat, "In the blue box" in with_seat) == (False, False)
    assert ("Read the case" in without, "A photograph" in without) == (False, False)


def test_kit_counts_for_those_who_have_a_seat_and_for_all_seats(client, app) -> None:
    with app.app_context():
        event = make_workshop(capacity=10, kit=KIT, group_size=4, notes="Begin with the map")
        for number in range(5):
            join(event, number)
        key = event.key
    sign_in(client, Role.EDITOR)

    html = client.get(f"/en/organise/events/{key}/kit").text

    cells = [row.split("</td>") for row in html.split("<tr>")[1:] if "<td>" in row]
    amounts = [[part.rpartition(">")[2].strip() for part in row[1:3]] for row in cells]
    assert [[one.strip() for one in pair] for pair in amounts] == [["10", "20"], ["2", "3"], ["5", "10"]]
    assert ("In the blue box" in html, "Begin with the map" in html) == (True, True)


def test_certificate_is_for_those_who_were_there_once_it_is_over(client, over) -> None:
    _key, _event_id, here, absent = over
    with clock.fixed(at("2026-12-03T19:00")):
        early = client.get(f"/en/registrations/{here}/diploma").status_code
    with clock.fixed(at("2026-12-03T19:31")):
        mine = client.get(f"/en/registrations/{here}/diploma")
        others = client.get(f"/en/registrations/{absent}/diploma").status_code
        linked = ["/diploma" in client.get(f"/en/registrations/{token}").text for token in (here, absent)]

    assert (early, mine.status_code, others) == (404, 200, 404)
    assert linked == [True, False]
    for text in ("Person 1", "You can lead an exercise", "Bo Ledare"):
        assert text in mine.text


def test_certificates_of_all_who_were_there_are_for_organizers(client, over) -> None:
    key = over[0]
    with clock.fixed(at("2026-12-03T20:00")):
        sign_in(client, Role.ORGANIZER)
        found = client.get(f"/en/organise/events/{key}/diplomas").text
        sign_in(client, Role.EDITOR)
        refused = client.get(f"/en/organise/events/{key}/diplomas").status_code

    assert ("Person 1" in found, "Person 2" in found, refused) == (True, False, 403)


@pytest.mark.parametrize("path", ["selection", "decision", "coming", "kit", "participants.csv", "diplomas"])
def test_pages_of_workshops_are_not_there_for_other_kinds(client, app, path: str) -> None:
    with app.app_context():
        key = make_event().key
    sign_in(client, Role.ORGANIZER)

    assert client.get(f"/en/organise/events/{key}/{path}").status_code == 404


def test_tabs_lead_to_what_this_workshop_has(client, app) -> None:
    with app.app_context():
        plain, full = make_workshop().key, make_workshop(min_people=3, decide_days=7, kit=KIT).key
    sign_in(client, Role.ORGANIZER)

    def has(key: str) -> list[bool]:
        html = client.get(f"/en/organise/events/{key}/registrations").text
        return [f"/{key}/{page}" in html for page in ("decision", "coming", "kit", "selection")]

    assert has(plain) == [False, True, False, False]
    assert has(full) == [True, True, True, False]


def test_a_copy_is_not_decided(app_ctx) -> None:
    event = make_workshop(min_people=3, decide_days=7)
    go_ahead(event.id, tells=False, by=team())

    copy = duplicate_event(event.id, days=63, by=team())

    assert find_decision(get_record(copy.id)) is None
    assert get_record(copy.id).details["workshop"]["min_people"] == 3


def test_public_page_shows_goals_and_how_seats_are_given_and_no_targets_or_notes(client, app) -> None:
    with app.app_context():
        event = make_workshop(
            registration_mode="approval",
            goals=(Goal(text={"en": "You can lead an exercise"}),),
            prerequisites={"en": "You have led before."},
            selection={"en": "We mix experience."},
            notes="Begin with the map",
            materials="In the cellar",
            kit=KIT,
        )
        key = event.key

    html = client.get(f"/en/events/{key}").text

    for text in ("You can lead an exercise", "You have led before.", "We mix experience."):
        assert text in html
    for text in ("Begin with the map", "In the cellar", "In the blue box"):
        assert text not in html
