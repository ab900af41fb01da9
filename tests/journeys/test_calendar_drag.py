"""The organizers' calendar in a real Chromium: drag, edge, keys, dialog, undo, hints; and what may go wrong."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from cag_events.db import db
from cag_events.domain.lifecycle import Status
from cag_events.events.models import Event, Occurrence
from cag_events.permissions import Role
from tests.exhibitions.given import make_exhibition
from tests.journeys.browser import PHONE, axe_faults, press
from tests.journeys.stage import Stage

DAY = "2027-03-03"  # a Wednesday on which the demo has nothing
WEEK = f"/en/organise/calendar?view=week&date={DAY}&layer=drafts&layer=runs"
MONTH = WEEK.replace("week", "month")
ADMIN = "admin@example.org"
STANDS = "document.fonts.ready.then(() => new Promise(go => requestAnimationFrame(() => requestAnimationFrame(go))))"


@contextmanager
def calendar(stage: Stage, address: str = WEEK, who: str | Role = ADMIN, **how: object) -> Iterator[Page]:
    """Open the calendar as an organizer, and wait until it can be used."""
    with stage.visit(**{"language": "en", "zone": "Europe/Stockholm", **how}) as page:
        stage.sign_in(page, who)
        page.goto(address)
        page.locator("[data-planner][data-ready=yes]").wait_for()
        page.evaluate(STANDS)
        yield page


def entry(page: Page, title: str) -> Locator:
    """An event in the calendar, as a link."""
    return page.locator(".calendar .ec-event:not(.ec-preview, .ec-ghost) .entry", has_text=title)


def toast(page: Page) -> Locator:
    """The line that says what was done."""
    return page.locator("[data-toast]")


def hours(page: Page, day: int, hour: float) -> tuple[float, float]:
    """The point of a weekday (Monday is 0) and an hour on the page."""
    column = page.locator(".ec-body .ec-day").nth(day).bounding_box()
    assert column is not None
    return column["x"] + column["width"] / 2, column["y"] + column["height"] * hour / 24


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag with the mouse, and hold it there."""
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 8, start[1] + 8, steps=3)
    page.mouse.move(*end, steps=6)


def times(stage: Stage, key: str) -> list[tuple[str, str]]:
    """When an event is, as the database knows it."""

    def ask() -> list[tuple[str, str]]:
        query = select(Occurrence).join(Event, Event.id == Occurrence.event_id).where(Event.key == key)
        rows = db.session.scalars(query.order_by(Occurrence.starts_at))
        return [(row.starts_wall, row.ends_wall) for row in rows]

    found: list[tuple[str, str]] = stage.ask(ask)
    return found


def make(stage: Stage, key: str = "talk", **values: object) -> None:
    """An event on the Wednesday at ten."""
    defaults = {"title": {"sv": "Brunnar", "en": "Wells"}, "starts": f"{DAY}T10:00", "minutes": 90, "opens_days": 200}
    stage.make.event(key=key, **{**defaults, **values})


def register(stage: Stage) -> None:
    """Register somebody for the event, who has got the mail about it."""
    with stage.visit(language="en") as page:
        page.goto("/en/events/talk")
        stage.wait()
        page.locator(".register-form [name=name]").fill("Anna")
        page.locator(".register-form [name=email]").fill("anna@example.org")
        page.locator(".register-form [type=submit]").click()
        page.wait_for_url("**/receipt**")
    stage.deliver()


def test_drag_moves_an_event_and_undo_moves_it_back_before_anybody_is_told(stage: Stage) -> None:
    make(stage)
    register(stage)

    with calendar(stage) as page:
        drag(page, hours(page, 2, 10.5), hours(page, 4, 13.5))
        page.mouse.up()

        expect(toast(page)).to_contain_text("Moved to Fri 5 Mar 2027, 13:00–14:30. 1 who is registered will be told in")
        expect(entry(page, "Wells")).to_contain_text("13:00–14:30")
        assert times(stage, "talk") == [("2027-03-05T13:00", "2027-03-05T14:30")]

        page.keyboard.press("u")
        expect(toast(page)).to_contain_text("Moved back.")
        expect(entry(page, "Wells")).to_contain_text("10:00–11:30")
    assert times(stage, "talk") == [(f"{DAY}T10:00", f"{DAY}T11:30")]
    stage.release()
    assert stage.deliver() == []


@pytest.mark.parametrize("zone", ["UTC", "Asia/Bishkek", "America/New_York"])
def test_wall_times_at_home_hold_whatever_zone_a_browser_is_in(stage: Stage, zone: str) -> None:
    make(stage, starts="2027-03-26T10:00", minutes=180)
    with calendar(stage, WEEK.replace(DAY, "2027-03-26"), zone=zone) as page:
        assert page.locator(".ec-col-head .sr-only").all_text_contents()[6] == "Sunday, 28 March 2027"
        drag(page, hours(page, 4, 10.4), hours(page, 6, 13.4))
        page.mouse.up()
        expect(toast(page)).to_contain_text("Moved to Sun 28 Mar 2027, 13:00–16:00.")
        expect(entry(page, "Wells")).to_contain_text("13:00–16:00")
        entry(page, "Wells").focus()
        page.keyboard.press("Alt+ArrowLeft")
        expect(toast(page)).to_contain_text("Moved to Sat 27 Mar 2027, 13:00–16:00.")
        page.mouse.dblclick(*hours(page, 2, 12.6))
        asked = page.get_by_role("dialog")
        expect(asked.locator("[name=day]")).to_have_value("2027-03-24")
        assert [asked.locator(f"[name={name}]").input_value() for name in ("start", "end")] == ["12:30", "13:30"]

    assert times(stage, "talk") == [("2027-03-27T13:00", "2027-03-27T16:00")]


def test_escape_lets_go_of_what_is_dragged_and_nothing_moves(stage: Stage) -> None:
    make(stage)
    with calendar(stage) as page:
        drag(page, hours(page, 2, 10.5), hours(page, 4, 13.5))
        expect(page.locator("[data-conflicts]")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("[data-said]")).to_have_text("Back to where it was.")
        expect(page.locator("[data-conflicts]")).to_be_hidden()
        page.mouse.up()
        expect(page.locator(".calendar .ec-preview")).to_have_count(0)
        expect(entry(page, "Wells")).to_contain_text("Wednesday 3 March")

        drag(page, hours(page, 3, 9.05), hours(page, 3, 10.95))
        page.keyboard.press("Escape")
        page.mouse.up()
        expect(page.locator(".calendar .entry--new")).to_have_count(0)
        expect(page.get_by_role("dialog")).to_have_count(0)

        drag(page, hours(page, 2, 10.5), hours(page, 3, 10.5))
        page.mouse.up()
        expect(toast(page)).to_contain_text("Moved to Thu 4 Mar 2027, 10:00–11:30.")


def test_a_day_that_is_pressed_twice_asks_for_a_new_event_on_it(stage: Stage) -> None:
    with calendar(stage, MONTH) as page:
        day = page.locator(".ec-day:not(.ec-other-month)").nth(8).bounding_box()
        assert day is not None
        page.mouse.dblclick(day["x"] + day["width"] / 2, day["y"] + day["height"] - 8)
        expect(page.get_by_role("dialog").locator("[name=day]")).to_have_value("2027-03-09")


def test_paper_has_the_whole_tables_in_place_of_what_is_dragged(stage: Stage) -> None:
    make(stage, starts=f"{DAY}T05:00")
    with calendar(stage) as page:
        page.emulate_media(media="print")
        expect(page.locator(".calendar")).to_be_hidden()
        expect(page.locator(".week").get_by_role("link", name="Wells")).to_be_visible()


def test_what_the_keys_move_out_of_the_week_goes_on_and_leaves_the_focus_to_undo(stage: Stage) -> None:
    make(stage, starts="2027-03-07T10:00")
    with calendar(stage) as page:
        entry(page, "Wells").focus()
        page.keyboard.down("Alt")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        expect(page.locator("[data-said]")).to_contain_text("Tuesday 9 March 10:00–11:30")
        page.keyboard.up("Alt")
        undo = toast(page).get_by_role("button", name="Undo")
        expect(undo).to_be_focused()
        page.keyboard.press("Enter")
        expect(entry(page, "Wells")).to_be_focused()

    assert times(stage, "talk") == [("2027-03-07T10:00", "2027-03-07T11:30")]


def test_undo_changes_nothing_after_somebody_else_has_moved_it(stage: Stage) -> None:
    make(stage)
    with calendar(stage, refusals=True) as one:
        drag(one, hours(one, 2, 10.5), hours(one, 3, 10.5))
        one.mouse.up()
        expect(toast(one)).to_contain_text("Moved to Thu")
        with calendar(stage, who="info.samordnare@example.org") as other:
            drag(other, hours(other, 3, 10.5), hours(other, 4, 10.5))
            other.mouse.up()
            expect(toast(other)).to_contain_text("Moved to Fri")
        one.keyboard.press("u")
        expect(toast(one)).to_contain_text("Somebody has changed the event since. Nothing was undone.")
        expect(entry(one, "Wells")).to_contain_text("Friday 5 March")

    assert times(stage, "talk") == [("2027-03-05T10:00", "2027-03-05T11:30")]


def test_those_who_are_registered_are_told_at_once_when_that_is_pressed(stage: Stage) -> None:
    make(stage)
    register(stage)

    with calendar(stage) as page:
        drag(page, hours(page, 2, 10.5), hours(page, 2, 12.5))
        page.mouse.up()
        toast(page).get_by_role("button", name="Send now").click()
        expect(toast(page)).to_contain_text("1 mail is on its way.")

    assert [mail["To"] for mail in stage.deliver()] == ["anna@example.org"]


def test_an_edge_makes_an_event_longer(stage: Stage) -> None:
    make(stage)
    with calendar(stage) as page:
        box = page.locator(".calendar .ec-event", has_text="Wells").bounding_box()
        assert box is not None
        drag(page, (box["x"] + box["width"] / 2, box["y"] + box["height"] - 3), hours(page, 2, 12.95))
        page.mouse.up()
        expect(entry(page, "Wells")).to_contain_text("10:00–13:00")
        expect(toast(page)).to_contain_text("Moved to")

    assert times(stage, "talk") == [(f"{DAY}T10:00", f"{DAY}T13:00")]


def test_dragging_over_empty_space_makes_a_draft_there(stage: Stage) -> None:
    with calendar(stage) as page:
        drag(page, hours(page, 3, 9.05), hours(page, 3, 10.95))
        page.mouse.up()
        dialog = page.get_by_role("dialog")
        assert [dialog.locator(f"[name={name}]").input_value() for name in ("day", "start", "end")] == [
            "2027-03-04",
            "09:00",
            "11:00",
        ]
        dialog.locator("[name=title]").fill("New wells")
        dialog.get_by_role("button", name="Make a draft").click()

        expect(toast(page)).to_contain_text("The draft is made.")
        expect(entry(page, "New wells")).to_contain_text("09:00–11:00")
        press(toast(page).get_by_role("link", name="Open the event"))
        expect(page.locator("[name=title-en]")).to_have_value("New wells")


def test_what_was_made_can_be_thrown_away_and_all_fields_take_what_was_typed_along(stage: Stage) -> None:
    with calendar(stage) as page:
        for button in ("Make a draft", "All fields"):
            drag(page, hours(page, 3, 9.05), hours(page, 3, 10.95))
            page.mouse.up()
            page.get_by_role("dialog").locator("[name=title]").fill("New wells")
            page.get_by_role("dialog").get_by_role("button", name=button).click()
            if button == "Make a draft":
                toast(page).get_by_role("button", name="Undo").click()
                expect(toast(page)).to_contain_text("The draft is deleted.")
                expect(entry(page, "New wells")).to_have_count(0)

        page.wait_for_url("**/events/new?**")
        assert [
            page.locator(f"[name={name}]").first.input_value()
            for name in ("title-en", "occurrences-0-day", "occurrences-0-start", "occurrences-0-end")
        ] == ["New wells", "2027-03-04", "09:00", "11:00"]


def test_alt_and_arrows_move_and_lengthen_and_say_each_step(stage: Stage) -> None:
    make(stage)
    with calendar(stage) as page:
        entry(page, "Wells").focus()
        page.keyboard.down("Alt")
        for key, said in (
            ("ArrowRight", "Thursday 4 March 10:00–11:30"),
            ("ArrowDown", "Thursday 4 March 10:15–11:45"),
            ("Shift+ArrowDown", "Thursday 4 March 10:15–12:00"),
        ):
            page.keyboard.press(key)
            expect(page.locator("[data-said]")).to_contain_text(said)
        assert times(stage, "talk") == [(f"{DAY}T10:00", f"{DAY}T11:30")]
        page.keyboard.up("Alt")

        expect(toast(page)).to_contain_text("Moved to Thu 4 Mar 2027, 10:15–12:00.")
        expect(entry(page, "Wells")).to_be_focused()
        assert times(stage, "talk") == [("2027-03-04T10:15", "2027-03-04T12:00")]


def test_escape_puts_back_what_the_keys_have_moved(stage: Stage) -> None:
    make(stage)
    with calendar(stage) as page:
        entry(page, "Wells").focus()
        page.keyboard.down("Alt")
        page.keyboard.press("ArrowDown")
        expect(entry(page, "Wells")).to_contain_text("10:15")
        page.keyboard.press("Escape")
        expect(entry(page, "Wells")).to_contain_text("10:00")
        page.keyboard.up("Alt")
        expect(page.locator("[data-said]")).to_have_text("Back to where it was.")

    assert times(stage, "talk") == [(f"{DAY}T10:00", f"{DAY}T11:30")]


def test_the_dialog_moves_by_date_and_time_and_keeps_what_was_typed_wrongly(stage: Stage) -> None:
    make(stage)
    with calendar(stage, refusals=True) as page:
        entry(page, "Wells").focus()
        page.keyboard.press("Shift+M")
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("heading", level=2)).to_have_text("Move: Wells")
        assert axe_faults(page) == []
        dialog.locator("[name=day]").fill("")
        dialog.get_by_role("button", name="Move").click()
        expect(dialog.locator("[name=day]")).to_have_accessible_description("Say when it is.")
        expect(dialog.locator("[name=day]")).to_be_focused()
        dialog.locator("[name=day]").fill("2027-03-02")
        dialog.locator("[name=start]").fill("20:00")
        dialog.locator("[name=end]").fill("01:00")
        dialog.get_by_role("button", name="Move").click()
        expect(toast(page)).to_contain_text("Moved to")

    assert times(stage, "talk") == [("2027-03-02T20:00", "2027-03-03T01:00")]


def test_a_date_of_a_series_asks_what_moves_and_stays_where_that_is_not_answered(stage: Stage) -> None:
    make(stage, rrule="FREQ=WEEKLY;COUNT=3")
    with calendar(stage) as page:
        for answered in (False, True):
            drag(page, hours(page, 2, 10.5), hours(page, 3, 10.5))
            page.mouse.up()
            dialog = page.get_by_role("dialog")
            expect(dialog.locator("[name=day]")).to_have_value("2027-03-04")
            if not answered:
                page.keyboard.press("Escape")
                expect(dialog).to_be_hidden()
                expect(page.locator("[data-said]")).to_have_text("Back to where it was.")
                expect(entry(page, "Wells")).to_contain_text("Wednesday 3 March")
                assert times(stage, "talk")[0] == (f"{DAY}T10:00", f"{DAY}T11:30")
        dialog.get_by_label("All dates of the series").check()
        dialog.get_by_role("button", name="Move").click()
        expect(toast(page)).to_contain_text("Moved to")
        assert [starts for starts, _ends in times(stage, "talk")] == [
            "2027-03-04T10:00",
            "2027-03-11T10:00",
            "2027-03-18T10:00",
        ]
        toast(page).get_by_role("button", name="Undo").click()
        expect(toast(page)).to_contain_text("Moved back.")
    assert [starts for starts, _ends in times(stage, "talk")] == [
        "2027-03-03T10:00",
        "2027-03-10T10:00",
        "2027-03-17T10:00",
    ]


def test_a_taken_room_is_said_while_dragging_and_keeps_nobody_from_it(stage: Stage) -> None:
    venue = stage.make.venue(key="hall-of-wells")
    make(stage, venue=venue)
    make(stage, "other", title={"en": "Lakes"}, starts="2027-03-04T10:00", venue=venue)
    with calendar(stage) as page:
        drag(page, hours(page, 2, 10.5), hours(page, 3, 10.75))
        hints = page.locator("[data-conflicts]")
        expect(hints).to_contain_text("Lakes")
        expect(page.locator("[data-said]")).to_contain_text("Lakes")
        page.mouse.up()
        expect(hints).to_be_hidden()
        expect(toast(page)).to_contain_text("Moved to Thu 4 Mar 2027, 10:15–11:45.")


def test_the_second_of_two_who_move_sees_where_it_is_and_overwrites_nothing(stage: Stage) -> None:
    make(stage)
    with calendar(stage) as one, calendar(stage, who="info.samordnare@example.org", refusals=True) as other:
        drag(one, hours(one, 2, 10.5), hours(one, 3, 10.5))
        one.mouse.up()
        expect(toast(one)).to_contain_text("Moved to Thu")

        with other.expect_response("**/calendar/move") as answer:
            drag(other, hours(other, 2, 10.5), hours(other, 5, 15.5))
            other.mouse.up()
        assert answer.value.status == 409
        expect(toast(other)).to_contain_text("Somebody has changed the event since you looked at it.")
        expect(entry(other, "Wells")).to_contain_text("Thursday 4 March")
    assert times(stage, "talk") == [("2027-03-04T10:00", "2027-03-04T11:30")]


def test_without_a_connection_it_goes_back_and_says_so(stage: Stage) -> None:
    make(stage)
    with calendar(stage) as page:
        page.context.set_offline(True)
        drag(page, hours(page, 2, 10.5), hours(page, 3, 12.5))
        page.mouse.up()
        expect(toast(page)).to_contain_text("No connection. Nothing was changed")
        expect(entry(page, "Wells")).to_contain_text("10:00–11:30")
        page.context.set_offline(False)


def test_whoever_was_signed_out_is_told_and_nothing_is_changed(stage: Stage) -> None:
    make(stage)
    with calendar(stage, refusals=True) as page:
        page.context.clear_cookies()
        drag(page, hours(page, 2, 10.5), hours(page, 3, 12.5))
        page.mouse.up()
        expect(toast(page)).to_contain_text("You have been signed out")
        expect(entry(page, "Wells")).to_contain_text("10:00–11:30")

    assert times(stage, "talk") == [(f"{DAY}T10:00", f"{DAY}T11:30")]


def test_an_hour_that_clocks_skip_is_refused_in_words(stage: Stage) -> None:
    make(stage, starts="2027-03-27T02:30")
    with calendar(stage, WEEK.replace(DAY, "2027-03-27"), refusals=True) as page:
        page.locator(".ec-main").evaluate("one => { one.scrollTop = 0; }")
        drag(page, hours(page, 5, 3), hours(page, 6, 3))
        page.mouse.up()
        expect(toast(page)).to_contain_text("02:30 does not exist on 28 Mar 2027, since clocks go forward.")
        expect(entry(page, "Wells")).to_contain_text("Saturday 27 March")


def test_an_exhibition_moves_by_days_and_its_opening_goes_along(stage: Stage) -> None:
    with stage.app.app_context():
        make_exhibition(date(2027, 3, 2), 3, key="show", title={"en": "Shores"}, dates=["2027-03-02T17:00"])
    with calendar(stage, MONTH) as page:
        bar = entry(page, "Shores").first
        box = bar.bounding_box()
        assert box is not None
        width = page.locator(".ec-day").first.bounding_box()["width"]  # type: ignore[index]
        drag(page, (box["x"] + 20, box["y"] + 8), (box["x"] + 20 + width, box["y"] + 8))
        page.mouse.up()
        expect(toast(page)).to_contain_text("Moved to 3–5 Mar 2027.")
        assert times(stage, "show") == [("2027-03-03T17:00", "2027-03-03T18:30")]
        page.keyboard.press("u")
        expect(toast(page)).to_contain_text("Moved back.")

    assert times(stage, "show") == [("2027-03-02T17:00", "2027-03-02T18:30")]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("lang", ["sv", "en"])
def test_month_week_and_day_have_no_fault_for_axe(stage: Stage, lang: str, dark: bool) -> None:
    layers = "layer=drafts&layer=runs&layer=campaigns&layer=holidays&also=Asia/Bishkek"
    with stage.visit(language=lang, dark=dark) as page:
        stage.sign_in(page, ADMIN)
        for view in ("month", "week", "day"):
            page.goto(f"/{lang}/organise/calendar?view={view}&date=2026-11-25&{layers}")
            page.locator("[data-planner][data-ready=yes]").wait_for()
            assert (view, axe_faults(page)) == (view, [])


def test_a_phone_keeps_the_agenda_and_moves_by_the_dialog(stage: Stage) -> None:
    make(stage)
    with stage.visit(size=PHONE, language="en") as page:
        stage.sign_in(page, ADMIN)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(MONTH)
        page.get_by_role("link", name="Move: Wells").click()
        dialog = page.get_by_role("dialog")
        dialog.locator("[name=day]").fill("2027-03-05")
        dialog.get_by_role("button", name="Move").click()
        expect(page.get_by_text("Moved: Wells.")).to_be_visible()
        press(page.get_by_role("button", name="Undo"))
        expect(page.get_by_text("Moved back.")).to_be_visible()
        assert [url for url in asked if url.endswith(".min.js")] == []

    assert times(stage, "talk") == [(f"{DAY}T10:00", f"{DAY}T11:30")]


def test_without_scripts_the_page_with_date_and_time_moves_and_undoes(stage: Stage) -> None:
    make(stage)
    with stage.visit(scripts=False, language="en") as page:
        stage.sign_in(page, ADMIN)
        page.goto(WEEK)
        press(page.get_by_role("link", name=re.compile("Move ?: Wells")).first)
        page.locator("[name=day]").fill("2027-03-05")
        press(page.get_by_role("button", name="Move"))
        expect(page.get_by_text("Moved: Wells.")).to_be_visible()
        assert times(stage, "talk") == [("2027-03-05T10:00", "2027-03-05T11:30")]
        press(page.get_by_role("button", name="Undo"))

    assert times(stage, "talk") == [(f"{DAY}T10:00", f"{DAY}T11:30")]


def test_who_may_not_publish_cannot_drag_what_is_public_but_their_drafts(stage: Stage) -> None:
    make(stage)
    make(stage, "sketch", title={"en": "Sketch"}, starts=f"{DAY}T14:00", status=Status.DRAFT)
    with calendar(stage, who=Role.EDITOR) as page:
        drag(page, hours(page, 2, 10.5), hours(page, 3, 10.5))
        page.mouse.up()
        drag(page, hours(page, 2, 14.5), hours(page, 3, 14.5))
        page.mouse.up()
        expect(toast(page)).to_contain_text("Moved to Thu 4 Mar 2027, 14:00–15:30.")

    assert times(stage, "talk") == [(f"{DAY}T10:00", f"{DAY}T11:30")]
