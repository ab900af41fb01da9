"""Exhibition: a run with hours that let somebody in, and parts inside it."""

from dataclasses import replace
from datetime import UTC, date, datetime

from werkzeug.datastructures import MultiDict

from cag_events.domain.opening_hours import Standing
from cag_events.kinds._opening import Closed, Opening, Special, Week
from cag_events.kinds.exhibition import KIND, Exhibition, Reading, Run, at_venue
from tests.kinds.drafts import draft, part, refused

WEEKDAYS = Opening(days=("mon", "tue", "wed", "thu", "fri"), start="10:00", end="18:00")
RUN = Run(from_=date(2026, 11, 30), to=date(2026, 12, 13), opening=(WEEKDAYS,))


def exhibition(**changes: object) -> Exhibition:
    return Exhibition(exhibition=replace(RUN, **changes))  # type: ignore[arg-type]


def test_publish_rules_ask_for_the_run_when_nothing_is_said() -> None:
    assert refused(draft("exhibition", occurrences=())) == ["exhibition.run"]


def test_publish_rules_accept_a_run_with_hours_and_no_occurrence() -> None:
    assert refused(draft("exhibition", exhibition(), occurrences=())) == []


def test_publish_rules_ask_for_opening_hours() -> None:
    assert refused(draft("exhibition", exhibition(opening=()), occurrences=())) == ["exhibition.hours"]


def test_publish_rules_refuse_hours_that_never_let_anybody_in() -> None:
    sunday = date(2026, 12, 6)
    only_monday = (Opening(days=("mon",), start="10:00", end="12:00"),)
    one_day = exhibition(from_=sunday, to=sunday, opening=only_monday)

    assert refused(draft("exhibition", one_day, occurrences=())) == ["exhibition.never_open"]
    assert (
        refused(
            draft("exhibition", exhibition(from_=sunday, to=date(2026, 12, 7), opening=only_monday), occurrences=())
        )
        == []
    )


def test_publish_rules_refuse_a_line_of_hours_without_days() -> None:
    some = exhibition(opening=(WEEKDAYS, Opening(start="10:00", end="12:00")))

    assert refused(draft("exhibition", some, occurrences=())) == ["exhibition.hours_part"]


def test_publish_rules_refuse_hours_that_overlap_on_one_day() -> None:
    late = Opening(days=("wed",), start="17:59", end="20:00")

    assert refused(draft("exhibition", exhibition(opening=(WEEKDAYS, late)), occurrences=())) == [
        "exhibition.hours_overlap"
    ]
    meets = replace(late, start="18:00")
    assert refused(draft("exhibition", exhibition(opening=(WEEKDAYS, meets)), occurrences=())) == []


def test_publish_rules_refuse_a_part_on_the_day_before_the_run() -> None:
    assert refused(draft("exhibition", exhibition(), occurrences=(part("2026-11-29T23:00"),))) == [
        "exhibition.part_outside"
    ]
    assert refused(draft("exhibition", exhibition(), occurrences=(part("2026-11-30T00:00"),))) == []
    assert refused(draft("exhibition", exhibition(), occurrences=(part("2026-12-13T22:00"),))) == []
    assert refused(draft("exhibition", exhibition(), occurrences=(part("2026-12-14T00:00"),))) == [
        "exhibition.part_outside"
    ]


def test_faults_name_what_can_never_be_right() -> None:
    outside = date(2026, 12, 14)
    wrong = exhibition(
        opening=(Opening(days=("mon",), start="18:00", end="18:00"),),
        closed=(Closed(date=outside),),
        readings=(Reading(date=date(2026, 12, 13)), Reading(date=outside)),
        set_up=date(2026, 12, 1),
        take_down=date(2026, 12, 12),
    )

    assert [path for path, _ in KIND.faults(wrong)] == [
        "exhibition.opening[0].end",
        "exhibition.closed[0].date",
        "exhibition.readings[1].date",
        "exhibition.set_up",
        "exhibition.take_down",
    ]
    assert [path for path, _ in KIND.faults(exhibition(to=date(2026, 11, 29)))] == ["exhibition.to"]


def test_form_shows_a_fault_at_the_row_that_has_it_though_rows_before_it_are_empty() -> None:
    form = KIND.form(
        MultiDict(
            {
                "kind-exhibition-from_": "2026-11-30",
                "kind-exhibition-to": "2026-12-13",
                "kind-exhibition-opening-0-start": "",
                "kind-exhibition-opening-1-days": "mon",
                "kind-exhibition-opening-1-start": "18:00",
                "kind-exhibition-opening-1-end": "10:00",
            }
        ),
        prefix="kind-",
    )

    assert not form.validate()
    rows = form["exhibition"].form["opening"].entries
    assert [list(row.form["end"].errors) for row in rows] == [
        [],
        ["is not after the start; hours end at 23:59 at the latest"],
    ]


def test_form_asks_for_what_a_started_row_lacks() -> None:
    form = KIND.form(MultiDict({"kind-exhibition-closed-0-name-sv": "Julafton"}), prefix="kind-")

    assert not form.validate()
    assert list(form["exhibition"].form["closed"].entries[0].form["date"].errors) == ["Fill this in."]


def test_run_of_is_known_only_with_both_days() -> None:
    assert KIND.run_of(exhibition()) == (date(2026, 11, 30), date(2026, 12, 13))
    assert KIND.run_of(exhibition(to=None)) is None


def test_repeated_begins_without_visitors() -> None:
    copy = KIND.repeated(exhibition(readings=(Reading(date=date(2026, 12, 1), visitors=9),)), 364)

    assert copy.exhibition.readings == ()
    assert copy.exhibition.from_ == date(2027, 11, 29)


def test_standing_tells_when_it_closes_or_opens_next() -> None:
    run = replace(RUN, closed=(Closed(date=date(2026, 12, 1)),))
    monday = ((datetime(2026, 11, 30, 10, 0), datetime(2026, 11, 30, 18, 0)),)

    assert run.standing(datetime(2026, 11, 30, 9, 0, tzinfo=UTC), "Europe/Stockholm") == Standing(
        closes=datetime(2026, 11, 30, 18, 0), today=monday
    )
    assert run.standing(datetime(2026, 11, 30, 17, 0, tzinfo=UTC), "Europe/Stockholm") == Standing(
        opens=datetime(2026, 12, 2, 10, 0), today=monday
    )
    assert run.standing(datetime(2026, 12, 12, 9, 0, tzinfo=UTC), "Europe/Stockholm") == Standing()


def test_faults_name_a_closed_day_that_has_other_hours_too() -> None:
    day = date(2026, 12, 3)
    both = exhibition(closed=(Closed(date=day),), special=(Special(date=day, start="10:00", end="12:00"),))

    assert [path for path, _ in KIND.faults(both)] == ["exhibition.special[0].date"]


def test_exceptions_are_told_in_order_from_today_on() -> None:
    run = replace(
        RUN,
        special=(
            Special(date=date(2026, 12, 3), start="18:00", end="21:00", name={"en": "Late"}),
            Special(date=date(2026, 12, 3), start="10:00", end="16:00"),
        ),
        closed=(Closed(date=date(2026, 12, 1), name={"en": "Stocktaking"}), Closed(date=date(2026, 12, 8))),
    )

    assert run.exceptions(datetime(2026, 12, 2, 9, 0, tzinfo=UTC), "Europe/Stockholm") == [
        (date(2026, 12, 3), (("10:00", "16:00"), ("18:00", "21:00")), {"en": "Late"}),
        (date(2026, 12, 8), (), {}),
    ]


def test_at_venue_takes_its_hours_and_lets_own_days_win() -> None:
    own = Week(
        opening=(Opening(days=("tue",), start="08:00", end="20:00"),),
        closed=(Closed(date=date(2026, 12, 1)), Closed(date=date(2026, 12, 8)), Closed(date=date(2026, 12, 24))),
        special=(Special(date=date(2026, 12, 2), start="08:00", end="10:00"),),
    )
    late = Special(date=date(2026, 12, 1), start="18:00", end="21:00")
    shut = Closed(date=date(2026, 12, 2))
    run = replace(RUN, follows_venue=True, opening=(), special=(late,), closed=(shut,))

    followed = run.at_venue(own)

    assert followed.opening == own.opening
    assert followed.special == (late,)
    assert [row.date for row in followed.closed] == [date(2026, 12, 2), date(2026, 12, 8)]
    assert RUN.at_venue(own) == RUN


def test_at_venue_leaves_details_that_follow_nothing_as_they_are() -> None:
    stored = {"exhibition": {"from": "2026-12-01", "opening": []}}

    assert at_venue(stored, {"opening": [{"days": ["mon"], "start": "10:00", "end": "12:00"}]}) == stored


def test_publish_rules_refuse_to_follow_a_venue_without_hours() -> None:
    assert refused(draft("exhibition", exhibition(opening=(), follows_venue=True), occurrences=())) == [
        "exhibition.venue_hours"
    ]


def test_publish_rules_accept_hours_of_single_days_alone() -> None:
    only = (Special(date=date(2026, 12, 5), start="12:00", end="16:00"),)

    assert refused(draft("exhibition", exhibition(opening=(), special=only), occurrences=())) == []


def test_visitors_adds_up_the_readings() -> None:
    run = replace(
        RUN, readings=(Reading(date=date(2026, 12, 1), visitors=9), Reading(date=date(2026, 12, 2), visitors=4))
    )

    assert run.visitors == 13
