"""Every page of the program, with the demo in it: who opens it, and what they send to see it."""

from dataclasses import dataclass, field

from flask import Flask
from sqlalchemy import select

from cag_events import clock
from cag_events.accounts import services as accounts
from cag_events.accounts.models import Account
from cag_events.audiences.models import Contact
from cag_events.db import db, transaction
from cag_events.domain.event import Mode, Safety, Visibility
from cag_events.domain.lifecycle import Status
from cag_events.domain.seats import Status as Seat
from cag_events.events.models import Event
from cag_events.feeds.services import NewFeed, make_feed
from cag_events.outbox.models import Message
from cag_events.permissions import ANONYMOUS, SYSTEM, Actor, Role
from cag_events.registrations import services
from cag_events.registrations.codes import join_token
from cag_events.registrations.models import Registration
from cag_events.registrations.services import NewRegistration
from cag_events.workspace.overlays import add_from_file
from tests.factories import make_event
from tests.journeys.stage import Stage, own_link, plain

EVENT = "vald-ar-inte-tradition"
FULL = "feminism-tre-sprak"
ALIAS = "mr-dagen-webb"
BENEATH = b"\r\n".join(
    (
        *(b"BEGIN:VCALENDAR", b"VERSION:2.0", b"PRODID:-//x//y//EN", b"BEGIN:VEVENT", b"UID:1@x"),
        *(b"DTSTAMP:20261101T000000Z", b"DTSTART:20261123T170000Z", b"DTEND:20261123T180000Z"),
        *(b"RRULE:FREQ=WEEKLY;COUNT=6", b"SUMMARY:Choir", b"END:VEVENT", b"END:VCALENDAR", b""),
    )
)  # a calendar that an administrator has laid beneath
BROKEN = "/<lang>/broken"  # an address of the tests that fails as no page should


@dataclass(frozen=True)
class Stop:
    """A page to look at. `form`: the form that is sent there, with `typed` in it; `status`: of the last answer."""

    address: str
    who: Role | None = None
    form: str = ""
    typed: dict[str, str] = field(default_factory=dict)
    status: int = 200

    def __str__(self) -> str:
        sent = f" ← {self.form or ''} {self.typed}" if self.form else ""
        return f"{self.who or 'stranger'} {self.address}{sent}"


@dataclass
class Found:
    """The addresses that are secret or made by the program."""

    own: dict[str, str]  # by status: the address of one's own page
    join: str
    invitation: str
    reset: str
    feed: str
    code: str
    message: str
    account: str
    key: dict[str, str]  # of events that the demo lacks
    date: str  # of the series among them
    overlay: str


def _series_stops(event: str, date: str) -> list[Stop]:
    """The pages of a series and of one of its dates."""
    one, begun = f"{event}/dates/{date}", {"day": ""}
    return [
        *(Stop(address, Role.ADMIN) for address in (f"{event}/dates", one, f"{one}/series", f"{event}/edit")),
        Stop(one, Role.ADMIN, form="#date-form", typed=begun, status=422),
        Stop(f"{one}/series", Role.ADMIN, form="#series-form", typed={"count": "", "until": ""}, status=422),
    ]


def _overlay_stops(page: str, row_id: str) -> list[Stop]:
    """The pages of calendars that lie beneath."""
    return [
        Stop(page, Role.ADMIN, form="form[enctype]", status=422),
        Stop(f"{page}/{row_id}", Role.ADMIN),
        Stop(f"{page}/{row_id}", Role.ADMIN, form="main form.form", typed={"name": ""}, status=422),
    ]


def break_a_page(app: Flask) -> None:
    """Add an address whose view fails."""

    def fail() -> str:
        raise RuntimeError("for the test of the page that says so")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.add_url_rule(BROKEN, "broken", fail)


def prepare(stage: Stage) -> Found:
    """Make of each status one in the demo, and return where to find them."""
    with stage.app.app_context():
        ids = {key: db.session.scalars(select(Event.id).where(Event.key == key)).one() for key in (EVENT, FULL, ALIAS)}
        approval = make_event(key="by-approval", registration_mode="approval").id
        key = {
            "approval": "by-approval",
            "guarded": make_event(key="guarded-one", safety=Safety.GUARDED).key,
            "postponed": make_event(key="postponed-one", status=Status.POSTPONED, published_at=clock.now()).key,
            "two": make_event(
                key="two-dates", dates=["2026-12-03T18:00", "2026-12-10T18:00"], per_occurrence=True, guests=2
            ).key,
        }
        admin = db.session.scalars(select(Account).where(Account.email == "admin@example.org")).one()
        overlay = add_from_file(BENEATH, "Theirs", "con", by=Actor(account_id=admin.id, role=Role.ADMIN)).row_id
        series = make_event(
            key="weekly-series", starts="2027-03-16T18:00", rrule="FREQ=WEEKLY;COUNT=4", mode=Mode.HYBRID
        )
        key |= {"series": series.key}
        date = str(series.occurrences[1].id)
        confirmed = services.register(ids[EVENT], _new("confirmed", Mode.ONLINE), by=ANONYMOUS).registration_id
        services.register(ids[FULL], _new("waitlisted"), by=ANONYMOUS)
        services.register(approval, _new("pending"), by=ANONYMOUS)
        gone = services.register(ids[EVENT], _new("withdrawn", Mode.ONSITE), by=ANONYMOUS).registration_id
        services.withdraw(gone)
        alias = services.register(ids[ALIAS], NewRegistration(name="Ripa", email=None), by=ANONYMOUS)
        contact = db.session.scalars(select(Contact).where(Contact.email != "").order_by(Contact.id)).first()
        assert contact is not None
        private = make_event(visibility=Visibility.PRIVATE, safety=Safety.GUARDED, registration_mode="invite")
        services.invite(private.id, [contact.id], by=SYSTEM)
        member = db.session.scalars(select(Account).where(Account.email == "medlem@example.org")).one()
        feed, _ = make_feed(
            NewFeed(name="Mitt", filters={"theme": ["gender"]}, with_registrations=True, alarms=[15]),
            by=Actor(account_id=member.id, role=Role.MEMBER),
        )
        reset = accounts.make_token(member.id, "reset")
        code = db.session.get_one(Registration, confirmed).code
        join = join_token(db.session.get_one(Registration, alias.registration_id).row_id)
        where = {
            "feed": feed.row_id,
            "account": member.row_id,
            "alias": f"/{{lang}}/registrations/{alias.token}",
        }
        where |= _workshop_links()
    own = {name: where[name] for name in ("alias", "coming", "diploma")}
    invitation = ""
    for mail in stage.deliver():
        text = plain(mail)
        if "/invitations/" in text:
            invitation = text.partition("/invitations/")[2].split()[0]
        elif "@example.org" in str(mail["To"]):
            name = str(mail["To"]).partition("@")[0]
            own[name] = "/{lang}/registrations/" + own_link(mail).rpartition("/")[2]
    with stage.app.app_context():
        message = db.session.scalars(select(Message.row_id).order_by(Message.id)).first()
    assert invitation
    assert message
    made = (where["account"], key, date, overlay)
    return Found(own, join, invitation, reset, where["feed"], code, message, *made)


def _workshop_links() -> dict[str, str]:
    """Where somebody with a seat says whether they still come, and where somebody who was there has a certificate."""
    sought = {
        "coming": (Event.key == "zine-verkstad") & (Registration.status == Seat.CONFIRMED),
        "diploma": (Event.key == "rita-rattigheter") & Registration.checked_in_at.is_not(None),
    }
    found = {}
    with transaction():
        for word, condition in sought.items():
            query = select(Registration.id).join(Event, Event.id == Registration.event_id).where(condition)
            token = services.make_link(db.session.scalars(query.order_by(Registration.id)).first() or 0)
            found[word] = f"/{{lang}}/registrations/{token}/{word}"
    return found


def workshop_stops() -> list[Stop]:
    """What the team sees of workshops."""
    events = "/{lang}/organise/events"
    pages = ("selection", "selection?segment=schools&sort=balance", "decision", "coming", "kit")
    return [
        *(Stop(f"{events}/leda-svara-samtal/{page}", Role.ADMIN) for page in pages),
        *(Stop(f"{events}/{key}/decision", Role.ADMIN) for key in ("opinionsverkstad", "zine-verkstad")),
        Stop(f"{events}/zine-verkstad/coming", Role.ADMIN),
        Stop(f"{events}/rita-rattigheter/diplomas", Role.ADMIN),
        Stop(
            f"{events}/opinionsverkstad/decision",
            Role.ADMIN,
            form="form:has([name=version])",
            typed={"version": "0"},
            status=409,
        ),
        Stop(f"{events}/leda-svara-samtal/edit", Role.ADMIN),
        Stop(f"{events}/leda-svara-samtal/selection", Role.EDITOR),
        Stop(f"{events}/zine-verkstad/coming", Role.EDITOR),
    ]


def _new(name: str, mode: Mode | None = None) -> NewRegistration:
    return NewRegistration(name=name.title(), email=f"{name}@example.org", mode=mode)


def question_stops() -> list[Stop]:
    """What the team sees of an event's own questions, of answers to many and of who reads what is sensitive."""
    events, form = "/{lang}/organise/events", "main form:has([name=shown])"
    questions = f"{events}/leda-svara-samtal/registrations/questions"
    return [
        Stop(questions, Role.ADMIN),
        Stop(f"{events}/{EVENT}/registrations/questions", Role.ADMIN),
        Stop(questions, Role.EDITOR),
        Stop(f"{questions}/new", Role.ADMIN),
        Stop(f"{questions}/new", Role.ADMIN, form=form, status=422),
        Stop(f"{questions}/role", Role.ADMIN),
        Stop(f"{questions}/years", Role.ADMIN, form=form, typed={"least": "70"}, status=422),
        Stop(f"{questions}/role/remove", Role.ADMIN),
        Stop(f"{events}/leda-svara-samtal/approvals", Role.ADMIN),
        Stop(f"{events}/leda-svara-samtal/approvals", Role.ADMIN, form="main form:has([name=note])", status=422),
        Stop(f"{events}/{EVENT}/approvals", Role.ADMIN),
        Stop(f"{events}/leda-svara-samtal/care", Role.ADMIN),
        Stop(f"{events}/leda-svara-samtal/care", Role.ORGANIZER),
        Stop(f"{events}/leda-svara-samtal/care", Role.ADMIN, form="main form:has([name=account])", status=422),
    ]


def list_stops() -> list[Stop]:
    """What can be printed and taken along of an event."""
    organise, form = "/{lang}/organise/events", "main form.form"
    lists, guarded = f"{organise}/{FULL}/lists", f"{organise}/guarded-one/lists"
    visitors = f"{organise}/hearing-civilsamhalle/visitor-list"
    forms = ("registrations", "badges", "signs", "attendance")
    prints = ("badges/print?front=1&lines=1&blank=2", "signs/print", "attendance/print?blank=2", "kitchen/print")
    return [
        Stop(lists, Role.ADMIN),
        Stop(lists, Role.REPORTER),
        Stop(guarded, Role.ADMIN),
        *(Stop(f"{lists}/{name}", Role.ADMIN) for name in (*forms, *prints, "kitchen", "balance")),
        *(Stop(f"{guarded}/{name}", Role.ADMIN) for name in (*forms, "kitchen", "balance")),
        Stop(f"{guarded}/badges", Role.ADMIN, form=form, typed={"reason": ""}, status=422),
        Stop(visitors, Role.ADMIN),
        Stop(f"{visitors}/print", Role.ADMIN),
    ]


def public_stops(found: Found) -> list[Stop]:
    """What strangers see."""
    events = (
        *(EVENT, FULL, ALIAS, "centralasiendagarna", "hearing-civilsamhalle", "16-roster-malmo", "floden-goteborg"),
        *(
            "flicka-i-pamir",
            "lararwebb",
            "leda-svara-samtal",
            "atta-mars-bisjkek",
            "cirkel-konflikt",
            "film-panora",
            "rita-rattigheter",
        ),
        *("mellan-sjo-och-oken-almaty", "nooruz-malmo", *found.key.values()),
    )
    lists = (
        *(
            "",
            "?theme=gender&mode=online",
            "?q=ingenting",
            "?page=2",
            "?from=2026-06-01&to=2026-08-31",
            "?theme=nosuch",
        ),
        *("calendar/2026/11", "calendar/2026/12?theme=gender", "campaigns", "campaigns/16-roster", "themes/gender"),
        *("exhibitions", "search", "search?q=vatten", "search?q=xyzzy", "feeds", "feeds?theme=gender&kind=lecture"),
        *("feeds?hours=1&cancelled=0&profile=rich&lang=en", "feeds?hours=sometimes"),
        *("privacy", "accessibility", "registrations", "invitations/receipt?outcome=seat", "account/login"),
        *("account/forgot", f"account/reset/{found.reset}", f"events/{EVENT}/poster"),
        *(f"events/{EVENT}/receipt?outcome={outcome}" for outcome in ("seat", "queue", "approval")),
        *(f"join/{found.join}", f"invitations/{found.invitation}", *(f"events/{key}" for key in events)),
    )
    wrong = {"email": "nora"}
    return [
        *(Stop(f"/{{lang}}/{path}") for path in lists),
        *(Stop(address) for address in found.own.values()),
        Stop("/{lang}/nothing-here", status=404),
        Stop("/{lang}/events/nothing-here", status=404),
        Stop("/{lang}/broken", status=500),
        Stop(f"/{{lang}}/events/{EVENT}", form=".register-form", typed=wrong, status=422),
        Stop(f"/{{lang}}/invitations/{found.invitation}", form=".register-form", typed={"name": ""}, status=422),
        Stop("/{lang}/registrations", form="form:has([name=mail-email])", status=422),
        Stop("/{lang}/registrations", form="form:has([name=mail-email])", typed={"mail-email": "a@example.org"}),
        Stop("/{lang}/registrations", form="form:has([name=code-code])", typed={"code-code": "a b c"}, status=422),
        Stop("/{lang}/account/login", form="main form", status=422),
        Stop("/{lang}/account/login", form="main form", typed={"csrf_token": "old"}, status=400),
        Stop("/{lang}/account/forgot", form="main form", status=422),
        Stop("/{lang}/account/forgot", form="main form", typed={"email": "nobody@example.org"}),
        Stop(f"/{{lang}}/account/reset/{found.reset}", form="main form", typed={"password": "123"}, status=422),
        Stop(found.own["confirmed"], form="#change form", typed={"name": ""}, status=422),
    ]


def member_stops(found: Found) -> list[Stop]:
    """What a member sees."""
    paths = (
        *("me/", "me/programme", "me/registrations", "me/feeds", f"me/feeds/{found.feed}", "me/following"),
        *("account/", "account/confirm", "events/medlemskvall-host"),
    )
    feeds = "form[action$='/me/feeds']"
    return [
        *(Stop(f"/{{lang}}/{path}", Role.MEMBER) for path in paths),
        Stop("/{lang}/me/feeds", Role.MEMBER, form=feeds),
        Stop("/{lang}/me/feeds?theme=gender&segment=students&q=vatten&hours=1", Role.MEMBER),
        Stop("/{lang}/me/feeds", Role.MEMBER, form=feeds, typed={"name": ""}, status=422),
        Stop(f"/{{lang}}/me/feeds/{found.feed}", Role.MEMBER, form="form:has(#name)", typed={"name": ""}, status=422),
        Stop("/{lang}/account/", Role.MEMBER, form="form:has([name=old])", typed={"password": "1"}, status=422),
        Stop("/{lang}/organise/today", Role.MEMBER, status=403),
    ]


def team_stops(found: Found) -> list[Stop]:
    """What the team sees."""
    lists = (
        *(
            "today",
            "calendar",
            "calendar?view=week&also=Asia/Bishkek",
            "calendar?view=day",
            "calendar/new?day=2026-12-03&start=18:00&end=20:00",
            "calendar/move?event=mellan-sjo-och-oken-umea",
            "calendar/overlays",
            "calendar?view=list",
            "events",
            "events?status=draft",
            "events/new",
        ),
        *("venues", "venues/new", "venues/abf-stockholm", "contacts", "contacts/new", "contacts/aida", "partners"),
        *("partners/new", "partners/bfi", "segments", "segments/new", "segments/students", "themes", "themes/new"),
        *("themes/gender", "campaigns", "campaigns/new", "campaigns/16-roster", "kinds/lecture"),
        *("settings/accounts", "settings/accounts/new", f"settings/accounts/{found.account}", "mail"),
        *(f"mail/{found.message}", "mail?state=dead"),
        *("periods", "periods/new", "periods/tentor-uppsala", "periods/import"),
        *("log", "log?check=1", "log?who=system&what=event.published&from=2026-11-01", "log?event=nothing"),
    )
    steps = (
        *("edit", "preview", "history", "duplicate", "postpone", "cancel", "withdraw", "registrations"),
        *("registrations/new", "registrations/invite", f"registrations/{found.code}"),
    )
    kinds = ("centralasiendagarna", "hearing-civilsamhalle", "16-roster-malmo", "floden-goteborg", "film-panora")
    editors = (*kinds, "cirkel-konflikt", "torkans-ar", "opinionsverkstad", "flicka-i-pamir", "tasjkent-vatten")
    organise = "/{lang}/organise"
    new = "main form.form"
    return [
        *(Stop(f"{organise}/{path}", Role.ADMIN) for path in lists),
        *(Stop(f"{organise}/events/{EVENT}/{step}", Role.ADMIN) for step in steps),
        *(Stop(f"{organise}/events/{key}/edit", Role.ADMIN) for key in editors),
        *_series_stops(f"{organise}/events/{found.key['series']}", found.date),
        *_overlay_stops(f"{organise}/calendar/overlays", found.overlay),
        Stop(f"{organise}/events/tasjkent-vatten/publish", Role.ADMIN),
        Stop(f"{organise}/events/tasjkent-vatten/delete", Role.ADMIN),
        Stop(f"{organise}/events/postponed-one/publish", Role.ADMIN),
        Stop(f"{organise}/events/{FULL}/registrations?status=waitlisted", Role.ADMIN),
        Stop(f"{organise}/events/{FULL}/registrations?q=xyzzy", Role.ADMIN),
        Stop(f"{organise}/events/new", Role.ADMIN, form="#editor", status=422),
        Stop(
            f"{organise}/events/{EVENT}/edit",
            Role.ADMIN,
            form="#editor",
            typed={"title-sv": "", "title-en": ""},
            status=422,
        ),
        Stop(
            f"{organise}/events/{EVENT}/edit",
            Role.ADMIN,
            form="#editor",
            typed={"occurrences-0-day": "2026-12-02"},
            status=422,
        ),
        Stop(
            f"{organise}/events/{EVENT}/edit",
            Role.ADMIN,
            form="#editor",
            typed={"version": "0", "title-sv": "Min"},
            status=409,
        ),
        Stop(f"{organise}/events/{EVENT}/duplicate", Role.ADMIN, form=new, status=422),
        Stop(f"{organise}/events/{EVENT}/links", Role.ADMIN),
        Stop(f"{organise}/events/{EVENT}/links", Role.ADMIN, form=new, status=422),
        Stop(f"{organise}/events/{EVENT}/registrations/new", Role.ADMIN, form=new, status=422),
        *(
            Stop(f"{organise}/{noun}/new", Role.ADMIN, form=new, status=422)
            for noun in ("venues", "contacts", "partners", "segments", "themes", "campaigns", "periods")
        ),
        Stop(f"{organise}/settings/accounts/new", Role.ADMIN, form=new, status=422),
        Stop(f"{organise}/settings/feeds", Role.ADMIN),
        Stop(f"{organise}/settings/feeds", Role.ADMIN, form=new, typed={"entries": "3"}, status=422),
        *workshop_stops(),
        *list_stops(),
        *question_stops(),
        Stop(f"{organise}/today", Role.EDITOR),
        Stop(f"{organise}/today", Role.REPORTER),
        Stop(f"{organise}/events/nothing/edit", Role.ORGANIZER, status=404),
    ]
