"""A date that is called off: nobody can choose it; those who had are told why, and that it takes place after all."""

from flask import Flask

from cag_events.db import db
from cag_events.events.models import Event
from cag_events.events.queries import get_record
from cag_events.events.services.moving import cancel_date, restore_date
from cag_events.permissions import SYSTEM
from cag_events.registrations.models import RegistrationOccurrence
from tests.factories import make_event
from tests.registrations.test_mail_changes import _organisation, mails, registered
from tests.registrations.test_register import refusal
from tests.registrations.wishes import dates_of

__all__ = ["_organisation"]
DAYS = ["2026-12-03T18:00", "2026-12-04T18:00", "2026-12-05T18:00"]


def two_days() -> Event:
    """Three days that one chooses among."""
    return make_event(dates=DAYS, per_occurrence=True)


def cancel(event: Event, number: int) -> None:
    """Call off one of the days."""
    version = get_record(event.id).version
    cancel_date(event.id, dates_of(event)[number], {"sv": "Snö.", "en": "Snow."}, version=version, by=SYSTEM)


def test_register_refuses_a_date_that_is_called_off(any_ctx: Flask) -> None:
    event = two_days()
    cancel(event, 1)

    assert refusal(event, 1, occurrences=(dates_of(event)[1],)) == "registration.occurrence"


def test_register_form_does_not_offer_a_date_that_is_called_off(app_ctx: Flask) -> None:
    event = two_days()
    cancel(event, 1)

    page = app_ctx.test_client().get(f"/sv/events/{event.key}").text

    assert [f'value="{one}"' in page for one in dates_of(event)] == [True, False, True]
    assert "Snö." in page
    assert page.count("<s>") == 1


def test_register_for_a_whole_series_holds_a_date_that_is_called_off(app_ctx: Flask) -> None:
    event = make_event(dates=DAYS)
    cancel(event, 1)

    registered(event)

    rows = db.session.query(RegistrationOccurrence.occurrence_id).all()
    assert {row.occurrence_id for row in rows} == set(dates_of(event))


def test_cancelled_date_is_told_with_its_reason_to_those_who_come_to_it(app_ctx: Flask) -> None:
    event = two_days()
    registered(event, 1, occurrences=(dates_of(event)[1],))
    registered(event, 2, occurrences=(dates_of(event)[0],))
    mails()

    cancel(event, 1)

    (mail,) = mails()
    assert "inställt: Snö." in mail.text
    assert mail.calendar_method == "CANCEL"


def test_restored_date_is_told_too(app_ctx: Flask) -> None:
    event = two_days()
    registered(event, 1, occurrences=(dates_of(event)[1],))
    cancel(event, 1)
    mails()

    restore_date(event.id, dates_of(event)[1], version=2, by=SYSTEM)

    *_, last = mails()
    assert last.calendar_method == "REQUEST"
