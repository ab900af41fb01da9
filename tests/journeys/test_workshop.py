"""A workshop: chosen with the balance in view, cancelled with one press, and a no that gives the seat to the next."""

import pytest
from playwright.sync_api import expect

from cag_events.kinds import write_details
from cag_events.kinds.workshop import Frame, Target, Workshop
from cag_events.permissions import ANONYMOUS
from cag_events.registrations.services import NewRegistration, register
from tests.factories import make_event, make_segment
from tests.journeys.browser import PHONE, press
from tests.journeys.stage import Stage, own_link, plain

WORDS = {
    "sv": {
        "helps": "Skulle förbättra balansen",
        "approve": "Godkänn de ikryssade",
        "approved": "2 anmälningar är godkända och får ett mejl.",
        "ticked": "2 av 2 lediga platser ikryssade",
        "over": "För många: 3 ikryssade och 2 platser är lediga",
        "no_room": "Alla får inte plats: du kryssade för 3 personer och 2 platser är lediga.",
        "due": "Besluta om den blir av: 1 av minst 3 har plats",
        "cancel": "Ställ in och meddela alla",
        "told": "2 anmälningar får ett mejl efter tio minuter.",
        "why": "För få har anmält sig till workshoppen.",
        "ask": "Fråga 1 anmälan",
        "no": "Nej, lämna min plats",
        "gone": "Du har avbokat",
        "seat": "Du har en plats",
        "question": "Kommer du fortfarande?",
        "cancelled": "Evenemanget är inställt",
    },
    "en": {
        "helps": "Would improve the balance",
        "approve": "Approve those ticked",
        "approved": "2 registrations are approved and get a mail.",
        "ticked": "2 of 2 free seats ticked",
        "over": "Too many: 3 ticked, and 2 seats are free",
        "no_room": "There is no room for all of them: you ticked 3 people, and 2 seats are free.",
        "due": "Decide whether it is held: 1 of at least 3 have a seat",
        "cancel": "Cancel and tell everybody",
        "told": "2 registrations get a mail after ten minutes.",
        "why": "Too few people have registered for the workshop.",
        "ask": "Ask 1 registration",
        "no": "No, free my seat",
        "gone": "You have withdrawn",
        "seat": "You have a seat",
        "question": "Are you still coming?",
        "cancelled": "The event is cancelled",
    },
}
LANGUAGES = pytest.mark.parametrize(
    ("lang", "scripts"), [("sv", True), ("en", False)], ids=["sv-scripts", "en-no-scripts"]
)


def open_workshop(stage: Stage, frame: Frame, people: list[tuple[str, str]], lang: str, **values: object) -> None:
    """Make a workshop with the key `small` in the served demo; those who register have a name and a segment."""

    def make() -> None:
        make_segment("students")
        make_segment("schools")
        details = write_details("workshop", Workshop(workshop=frame))
        event = make_event(key="small", kind="workshop", details=details, **values)  # type: ignore[arg-type]
        for name, segment in people:
            new = NewRegistration(
                name=name,
                email=f"{name.lower()}@example.org",
                language=lang,
                segment=segment,
                answers={"motivation": f"Words of {name}"},
            )
            register(event.id, new, by=ANONYMOUS)

    stage.ask(make)


@LANGUAGES
def test_an_organizer_chooses_with_the_balance_in_view(stage: Stage, lang: str, scripts: bool) -> None:
    words = WORDS[lang]
    frame = Frame(targets=(Target(segment="students", seats=1),))
    people = [("Anna", "schools"), ("Bengt", "schools"), ("Cecilia", "students")]
    open_workshop(
        *(stage, frame, people, lang), capacity=2, registration_mode="approval", ask=["segment", "motivation"]
    )
    stage.deliver()

    with stage.visit(scripts=scripts) as page:
        stage.sign_in(page, "info.samordnare@example.org")
        page.goto(f"/{lang}/organise/events/small/selection?sort=balance")
        expect(page.locator(".applicant").first).to_contain_text("Cecilia")
        expect(page.locator(".applicant", has_text=words["helps"])).to_have_count(1)
        expect(page.locator(".applicant").first).to_contain_text("Words of Cecilia")
        for name in ("Anna", "Bengt", "Cecilia"):
            page.get_by_label(name).check()
        if scripts:
            expect(page.locator("[data-live]")).to_have_text(words["over"])
        press(page.get_by_role("button", name=words["approve"]))
        expect(page.get_by_role("main")).to_contain_text(words["no_room"])
        expect(page.get_by_label("Anna")).to_be_checked()
        assert stage.deliver() == []

        page.get_by_label("Bengt").uncheck()
        if scripts:
            expect(page.locator("[data-live]")).to_have_text(words["ticked"])
        press(page.get_by_role("button", name=words["approve"]))
        expect(page.get_by_role("main")).to_contain_text(words["approved"])
        expect(page.locator(".applicant")).to_have_count(1)

    assert sorted(mail["To"] for mail in stage.deliver()) == ["anna@example.org", "cecilia@example.org"]


@LANGUAGES
def test_an_organizer_cancels_with_one_press_and_everybody_is_told(stage: Stage, lang: str, scripts: bool) -> None:
    words = WORDS[lang]
    frame = Frame(min_people=3, decide_days=10)  # 23 November, today
    open_workshop(stage, frame, [("Anna", "students"), ("Bengt", "students")], lang, capacity=1, waitlist=True)
    stage.deliver()

    with stage.visit(scripts=scripts) as page:
        stage.sign_in(page, "info.samordnare@example.org")
        page.goto(f"/{lang}/organise/today")
        press(page.get_by_role("link", name=words["due"]))
        expect(page.get_by_role("main")).to_contain_text(words["told"])
        press(page.get_by_role("button", name=words["cancel"]))

        assert stage.deliver() == []
        stage.release()
        told = {str(mail["To"]): plain(mail) for mail in stage.deliver()}
        assert sorted(told) == ["anna@example.org", "bengt@example.org"]
        assert [words["why"] in text for text in told.values()] == [True, True]
        page.goto(f"/{lang}/organise/today")
        expect(page.get_by_role("link", name=words["due"])).to_have_count(0)
        page.goto(f"/{lang}/events/small")
        expect(page.get_by_role("main")).to_contain_text(words["cancelled"])


@LANGUAGES
def test_a_no_on_the_phone_gives_the_seat_to_the_next_in_line(stage: Stage, lang: str, scripts: bool) -> None:
    words = WORDS[lang]
    open_workshop(stage, Frame(), [("Anna", "students"), ("Bengt", "students")], lang, capacity=1, waitlist=True)
    links = {str(mail["To"]): own_link(mail) for mail in stage.deliver()}

    with stage.visit(scripts=scripts) as page:
        stage.sign_in(page, "info.samordnare@example.org")
        page.goto(f"/{lang}/organise/events/small/coming")
        press(page.get_by_role("button", name=words["ask"]))
    (question,) = stage.deliver()
    assert question["To"] == "anna@example.org"
    assert question["Subject"].startswith(words["question"])
    link = next(word for word in plain(question).split() if word.endswith("/coming"))

    with stage.visit(size=PHONE, scripts=scripts) as page:
        heading = page.get_by_role("heading", level=1)
        page.goto(link)
        page.reload()  # opening it answers nothing
        expect(heading).to_have_text(words["question"])
        press(page.get_by_role("button", name=words["no"]))
        expect(heading).to_have_text(words["gone"])
        page.goto(links["bengt@example.org"])
        expect(heading).to_have_text(words["seat"])
    assert sorted(str(mail["To"]) for mail in stage.deliver()) == ["anna@example.org", "bengt@example.org"]
