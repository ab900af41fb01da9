"""The programme as a list, with its filters."""

from datetime import date

import pytest
from flask.testing import FlaskClient

from cag_events.domain.event import Safety, Visibility
from cag_events.domain.lifecycle import Status
from tests.making import Make
from tests.page import Page, page, statements, words


def titles(shown: Page) -> list[str]:
    """The titles of the list, in order."""
    return [words(e) for e in shown.all("h3", class_="event__title")]


def groups(shown: Page) -> list[str]:
    """The headings between the rows."""
    return [words(e) for e in shown.all("h2", class_="month-heading")]


def option(shown: Page, label: str) -> str:
    """The address of a filter by its words, which begin with its label."""
    found = [e.get("href", "") for e in shown.all("a") if words(e).startswith(label) and "?" in e.get("href", "")]
    assert found, label
    return found[0]


@pytest.mark.parametrize(("lang", "title"), [("sv", "Dikter"), ("en", "Poems")])
def test_programme_lists_events_in_the_readers_language(make: Make, client: FlaskClient, lang: str, title: str) -> None:
    make.event(title={"sv": "Dikter", "en": "Poems"})

    shown = page(client, f"/{lang}/")

    assert titles(shown) == [title]
    assert shown.tree.get("lang") == lang


def test_programme_marks_a_title_in_another_language(make: Make, client: FlaskClient) -> None:
    make.event(title={"sv": "Bara svenska"})

    link = page(client, "/en/").one("a", class_="event__link")

    assert (words(link), link.get("lang")) == ("Bara svenska", "sv")


def test_programme_puts_what_goes_on_first_then_months(make: Make, client: FlaskClient) -> None:
    make.event(title={"sv": "Januari"}, starts="2027-01-05T18:00")
    make.event(title={"sv": "December"}, starts="2026-12-03T18:00")
    make.event(title={"sv": "Tavlor"}, kind="exhibition", dates=[], run=(date(2026, 11, 2), date(2026, 12, 6)))
    make.event(title={"sv": "Över"}, starts="2026-11-20T18:00")

    shown = page(client, "/sv/")

    assert titles(shown) == ["Tavlor", "December", "Januari"]
    assert groups(shown) == ["Pågår nu", "december 2026", "januari 2027"]


def test_programme_shows_the_next_meeting_of_a_series_that_has_begun(make: Make, client: FlaskClient) -> None:
    make.event(dates=["2026-11-04T18:00", "2026-11-25T18:00", "2026-12-09T18:00"], minutes=90)

    shown = page(client, "/sv/")

    assert words(shown.one("span", class_="event__when")) == "ons 25 nov 2026 kl. 18.00–19.30 · 2 av 3"


def test_programme_says_both_times_of_an_event_elsewhere(make: Make, client: FlaskClient) -> None:
    osh = make.venue(city="Osj", country="KG", tz="Asia/Bishkek")
    make.event(venue=osh, starts="2026-12-03T18:00", minutes=90)

    shown = page(client, "/sv/")

    assert (
        words(shown.one("span", class_="event__when")) == "tors 3 dec 2026 kl. 18.00–19.30 Bisjkek (13.00 i Stockholm)"
    )


def test_programme_shows_a_cancelled_event_as_cancelled(make: Make, client: FlaskClient) -> None:
    make.event(status=Status.CANCELLED)

    assert words(page(client, "/sv/").one("p", class_="event__state")) == "Inställt"


def test_programme_tells_free_seats_in_words_only_of_careful_events(make: Make, client: FlaskClient) -> None:
    make.event(starts="2026-12-03T18:00", capacity=40)
    make.event(starts="2026-12-04T18:00", capacity=40, safety=Safety.CAREFUL)
    make.event(starts="2026-12-05T18:00", capacity=40, safety=Safety.GUARDED)

    assert [words(e) for e in page(client, "/sv/").all("p", class_="event__state")] == [
        "40 platser kvar",
        "Platser kvar",
    ]


def test_programme_hands_out_twenty_a_page(make: Make, client: FlaskClient) -> None:
    for day in range(1, 24):
        make.event(title={"sv": f"Dag {day}"}, starts=f"2026-12-{day:02d}T18:00")

    first, second = page(client, "/sv/"), page(client, "/sv/?page=2")

    assert len(titles(first)) == 20
    assert titles(second) == ["Dag 21", "Dag 22", "Dag 23"]
    assert first.one("a", rel="next").get("href") == "/sv/?page=2"
    assert "sida 2" in second.title


@pytest.mark.parametrize("number", ["0", "-1", "x", "99", "1001", "1" * 30, "٣"])
def test_programme_takes_any_page_number(make: Make, client: FlaskClient, number: str) -> None:
    make.event()

    assert len(titles(page(client, f"/sv/?page={number}"))) == 1


def test_programme_shows_the_past_latest_first_where_it_is_asked_for(make: Make, client: FlaskClient) -> None:
    make.event(title={"sv": "Tidig"}, starts="2026-09-01T18:00")
    make.event(title={"sv": "Sen"}, starts="2026-10-01T18:00")
    make.event(title={"sv": "Kommande"}, starts="2026-12-01T18:00")

    shown = page(client, "/sv/")
    past = page(client, shown.links()["Tidigare evenemang"])

    assert titles(past) == ["Sen", "Tidig"]
    assert past.heading == "Tidigare evenemang"
    assert past.links()["Vad som kommer"] == "/sv/"


def test_filters_are_links_that_add_and_take_away(make: Make, client: FlaskClient) -> None:
    water = make.theme("water", name={"sv": "Vatten"}, token="env")
    make.event(title={"sv": "Brunnar"}, themes=[water], mode="online", starts="2026-12-01T18:00")
    make.event(title={"sv": "Sjöar"}, themes=[water], starts="2026-12-02T18:00")
    make.event(title={"sv": "Kläder"})

    everything = page(client, "/sv/")
    narrow = page(client, option(everything, "Vatten"))
    narrower = page(client, option(narrow, "Online"))

    assert titles(narrow) == ["Brunnar", "Sjöar"]
    assert titles(narrower) == ["Brunnar"]
    assert option(everything, "Vatten") == "/sv/?theme=water"
    assert option(narrow, "Online") == "/sv/?theme=water&mode=online"
    assert [words(e) for e in narrower.all("span", role="status")] == ["1 evenemang"]
    assert narrower.links()["Rensa filtren"] == "/sv/"
    assert [e.get("href") for e in narrower.all("a", class_="chip", aria_current="true")] == [
        "/sv/?mode=online",
        "/sv/?theme=water",
    ]


def test_filters_count_what_each_would_find_beside_the_others(make: Make, client: FlaskClient) -> None:
    water, gender = make.theme("water", name={"sv": "Vatten"}), make.theme("gender", name={"sv": "Genus"})
    make.event(themes=[water], mode="online")
    make.event(themes=[water])
    make.event(themes=[water, gender])

    shown = page(client, "/sv/?mode=onsite")
    chips = [words(e) for e in shown.all("a", class_="chip--theme")]

    assert chips == ["Vatten 2", "Genus 1"]


def test_filters_count_an_event_of_a_subtopic_under_its_theme(make: Make, client: FlaskClient) -> None:
    env = make.theme("env", name={"sv": "Miljö"})
    gender = make.theme("gender", name={"sv": "Genus"})
    make.event(themes=[make.theme("rivers", parent=env)])
    make.event(themes=[gender])

    assert [words(e) for e in page(client, "/sv/").all("a", class_="chip--theme")] == ["Miljö 1", "Genus 1"]


def test_filters_say_what_they_did_not_understand_and_apply_the_rest(make: Make, client: FlaskClient) -> None:
    make.event(mode="online", title={"sv": "På nätet"})
    make.event(title={"sv": "På plats"})

    shown = page(client, "/sv/?mode=online&theme=nonsense&colour=red&utm_source=x")

    assert titles(shown) == ["På nätet"]
    assert "nonsense" in shown.main
    assert "colour" in shown.main
    assert "utm_source" not in shown.main
    assert shown.one("meta", name="robots").get("content") == "noindex"


def test_filters_go_on_to_the_feed_builder_without_days_and_page(make: Make, client: FlaskClient) -> None:
    make.event(mode="online")

    shown = page(client, "/sv/?mode=online&from=2026-11-21&page=1")
    feeds = {e.get("type"): e.get("href") for e in shown.all("link", rel="alternate") if e.get("type")}

    assert (
        "/sv/feeds?mode=online" in shown.links()["Prenumerera"]
        or option(shown, "Prenumerera") == "/sv/feeds?mode=online"
    )
    assert feeds["application/atom+xml"] == "http://127.0.0.1:5000/feeds/programme.atom?mode=online&lang=sv"


def test_empty_programme_says_what_to_do(make: Make, client: FlaskClient) -> None:
    shown = page(client, "/sv/?mode=online")

    assert "Inga evenemang matchar" in shown.main
    assert words(shown.one("span", role="status")) == "0 evenemang"


def test_days_are_chosen_in_a_form_that_keeps_the_other_filters(make: Make, client: FlaskClient) -> None:
    make.event(mode="online")

    form = page(client, "/sv/?mode=online&from=2026-11-01").one("form", class_="filters__days")

    assert [(e.get("name"), e.get("value")) for e in form.iter("input")] == [
        ("mode", "online"),
        ("from", "2026-11-01"),
        ("to", ""),
    ]


@pytest.mark.parametrize("more", ["", "?theme=gender", "?theme=gender&mode=onsite&page=2", "?to=2027-01-01"])
def test_programme_takes_the_same_few_statements_for_one_event_and_for_three(
    make: Make, client: FlaskClient, more: str
) -> None:
    make.event(segments=[make.segment()], campaign=make.campaign())
    one = statements(client, f"/sv/{more}")
    for _ in range(2):
        make.event(segments=[make.segment()])

    assert (one, statements(client, f"/sv/{more}")) == (2, 2)


def test_programme_is_right_at_once_after_a_change(make: Make, client: FlaskClient) -> None:
    make.event(title={"sv": "Först"})
    page(client, "/sv/")
    make.event(title={"sv": "Sedan"}, starts="2026-12-24T10:00")

    assert titles(page(client, "/sv/")) == ["Först", "Sedan"]


def test_programme_sets_no_cookie_and_may_be_kept_for_a_minute(make: Make, client: FlaskClient) -> None:
    make.event()

    answer = client.get("/sv/")

    assert answer.headers.getlist("Set-Cookie") == []
    assert answer.headers["Cache-Control"] == "public, max-age=60"


def test_full_list_stays_under_sixty_kilobytes(make: Make, client: FlaskClient) -> None:
    themes = [make.theme(f"t{n}", name={"sv": f"Ett tema med ett långt namn {n}"}) for n in range(4)]
    segments = [make.segment(f"s{n}") for n in range(8)]
    for day in range(1, 25):
        make.event(
            title={"sv": f"Ett evenemang med en ganska lång titel om något viktigt, nummer {day}"},
            starts=f"2026-12-{day:02d}T18:00",
            themes=themes[: 1 + day % 4],
            segments=segments,
            languages=["sv", "en", "ru", "ky"],
            mode="hybrid",
            online_capacity=100,
        )

    assert len(client.get("/sv/").data) < 60_000


@pytest.mark.parametrize("visibility", [Visibility.UNLISTED, Visibility.MEMBERS, Visibility.PRIVATE])
def test_programme_knows_only_public_events(make: Make, client: FlaskClient, visibility: Visibility) -> None:
    make.event(title={"sv": "Synlig"})
    make.event(visibility=visibility)
    make.event(status=Status.DRAFT)

    assert titles(page(client, "/sv/")) == ["Synlig"]
