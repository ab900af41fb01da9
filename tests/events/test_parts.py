"""An event that is a part of another: the tie on both pages, in calendars, in files, and who may see it."""

from dataclasses import replace

import pytest

from cag_events.db import db
from cag_events.domain.disclosure import STRANGER, disclose
from cag_events.domain.errors import Refused
from cag_events.domain.event import Safety, Visibility
from cag_events.domain.lifecycle import Status
from cag_events.events import records, services
from cag_events.events.drafts import fields_of
from cag_events.events.models import Event
from cag_events.events.queries import get_record
from cag_events.permissions import SYSTEM
from tests.conftest import NOW
from tests.factories import make_event, make_part
from tests.page import page


def test_a_part_and_its_whole_name_each_other(client, app_ctx):
    whole = make_event(key="exhibition", title={"sv": "Tavlor", "en": "Pictures"})
    make_part(make_event(key="opening", title={"sv": "Vernissage", "en": "The opening"}), whole)

    assert page(client, "/en/events/opening").links()["Part of Pictures"] == "/en/events/exhibition"
    assert page(client, "/en/events/exhibition").links()["The opening"] == "/en/events/opening"


def test_a_part_points_to_its_whole_in_calendars_and_to_search_engines(client, app_ctx):
    whole = make_event(key="exhibition", title={"en": "Pictures"})
    uid = get_record(whole.id).occurrences[0].uid
    make_part(make_event(key="opening"), whole)

    ics = client.get("/events/opening.ics").text
    about = page(client, "/en/events/opening").structured

    assert f"RELATED-TO;RELTYPE=PARENT:{uid}" in ics
    assert about["superEvent"]["name"] == "Pictures"


@pytest.mark.parametrize(
    "hidden",
    [
        {"visibility": Visibility.PRIVATE},
        {"visibility": Visibility.UNLISTED},
        {"visibility": Visibility.MEMBERS},
        {"safety": Safety.GUARDED},
        {"status": Status.DRAFT},
    ],
    ids=str,
)
def test_a_part_does_not_name_a_whole_that_its_reader_would_not_find(client, app_ctx, hidden):
    whole = make_event(key="secret-whole", title={"en": "Canary whole"}, **hidden)
    make_part(make_event(key="opening"), whole)

    for answer in (client.get("/en/events/opening").text, client.get("/events/opening.ics").text):
        assert "Canary" not in answer
        assert "secret-whole" not in answer
        assert get_record(whole.id).occurrences[0].uid not in answer


def test_a_guarded_part_is_not_listed_on_the_page_of_its_whole(client, app_ctx):
    whole = make_event(key="conference")
    make_part(make_event(key="quiet-talk", safety=Safety.GUARDED, visibility=Visibility.PUBLIC), whole)
    make_part(make_event(key="open-talk"), whole)

    shown = client.get("/en/events/conference").text

    assert "open-talk" in shown
    assert "quiet-talk" not in shown


def test_a_part_follows_its_whole_when_that_gets_another_name(app_ctx):
    whole = make_event(title={"en": "Before"})
    part = make_part(make_event(), whole)

    services.edit_event(
        whole.id, _with(whole.id, title={"en": "After"}), version=_version(whole.id), online_url=None, by=SYSTEM
    )

    assert disclose(get_record(part.id), STRANGER, NOW).part_of.title == {"en": "After"}


def test_edit_refuses_a_part_of_a_part_and_of_itself(app_ctx):
    whole, part, third = make_event(), make_event(), make_event()
    make_part(part, whole)

    for event_id, of, code in (
        (third.id, part.key, "event.part_of_part"),
        (third.id, third.key, "event.part_of_itself"),
        (whole.id, third.key, "event.has_parts"),
    ):
        with pytest.raises(Refused) as refused:
            services.edit_event(
                event_id, _with(event_id, part_of=of), version=_version(event_id), online_url=None, by=SYSTEM
            )
        assert refused.value.code == code
        assert refused.value.field == "part_of"


def test_a_whole_that_is_deleted_leaves_its_parts(app_ctx):
    whole = make_event(status=Status.DRAFT, published_at=None)
    part = make_part(make_event(), whole)

    services.delete_draft(whole.id, version=_version(whole.id), by=SYSTEM)

    assert get_record(part.id).part_of is None


def _with(event_id, **values):
    return replace(fields_of(db.session.get_one(Event, event_id)), **values)


def _version(event_id):
    return db.session.get_one(Event, event_id).version


def test_records_of_parts_know_nothing_of_other_events(app_ctx):
    alone = make_event()

    assert [one.part_of for one in records.build([alone.id])] == [None]
