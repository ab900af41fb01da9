"""Webinar: online, in a room whose address is known."""

from cag_events.domain.event import Mode
from cag_events.domain.joining import Channel, Entering
from cag_events.kinds import KINDS
from cag_events.kinds.webinar import InterpretingChannel, Room, Webinar
from tests.kinds.drafts import advised, draft, refused


def test_publish_rules_refuse_a_webinar_on_site() -> None:
    assert refused(draft("webinar", mode=Mode.ONSITE, online=True)) == ["webinar.mode"]


def test_publish_rules_ask_for_the_online_room() -> None:
    for mode in (Mode.ONLINE, Mode.HYBRID):
        assert refused(draft("webinar", mode=mode)) == ["webinar.room"]
        assert refused(draft("webinar", mode=mode, online=True)) == []


def test_advice_asks_for_recording_and_names() -> None:
    said = Webinar(webinar=Room(names="alias"))

    assert advised(draft("webinar")) == ["webinar.recording", "webinar.names"]
    assert advised(draft("webinar", said, recording="never")) == []


def test_entering_tells_the_join_page_what_was_said_and_the_usual_window_else() -> None:
    channel = InterpretingChannel(language="ru", how={"en": "Choose Русский."})
    said = Webinar(webinar=Room(names="alias", chat="off", channels=(channel,), opens_minutes=0, closes_minutes=5))

    assert KINDS["webinar"].entering(Webinar()) == Entering(minutes_before=30, minutes_after=0)
    assert KINDS["webinar"].entering(said) == Entering(
        minutes_before=0,
        minutes_after=5,
        names="alias",
        chat="off",
        channels=(Channel(language="ru", how={"en": "Choose Русский."}),),
    )
