"""One event of each kind, full of words that only some may read: the world of test_crawl_of_kinds.py.

Every word begins with `zq` and stands in one place, so that a page that says it says where it has it from.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from cag_events import clock
from cag_events.accounts.models import Account
from cag_events.conferences import services as conferences
from cag_events.conferences.queries import find_version
from cag_events.db import db, transaction
from cag_events.domain.event import Mode, Safety, Visibility
from cag_events.domain.hearing import Level
from cag_events.domain.lifecycle import Status as Life
from cag_events.domain.recordings import State
from cag_events.domain.tours import StopStatus
from cag_events.events import records
from cag_events.events.models import Event, Occurrence, Venue
from cag_events.events.services import make_pass
from cag_events.exhibitions.services.tours import set_status
from cag_events.exhibitions.shapes import Work
from cag_events.hearings import services as hearings
from cag_events.hearings.queries import submission_token
from cag_events.hearings.record import Record
from cag_events.outbox.delivery import follow_up
from cag_events.permissions import ANONYMOUS, SYSTEM, Actor, Role
from cag_events.registrations import services as registrations
from cag_events.registrations.codes import join_token
from cag_events.registrations.models import Registration
from cag_events.registrations.services import NewRegistration
from cag_events.roleplays import services as games
from cag_events.roleplays.codes import CARD, DEBRIEFING, GUARDIAN, link_token
from cag_events.roleplays.models import Player
from cag_events.roleplays.queries import seats_held_by
from cag_events.studies.services import upload_file
from cag_events.studies.services.attendance import Marks, take_attendance
from cag_events.talks import services as talks
from cag_events.talks.services.recordings import RecordingFields
from tests.conferences.stage import ALL, edit, make_conference
from tests.exhibitions.given import make_exhibition, make_production, make_stop
from tests.factories import at, make_account, make_contact, make_event, make_part, make_venue
from tests.hearings.given import AGENDA, DETAILS, make_hearing, slot_of, written
from tests.roleplays.games import give_roles, lead_of, make_game
from tests.site.registering_world import fill_registering
from tests.studies.circles import make_circle
from tests.workshops.given import make_selection

PDF = b"%PDF-1.4 zqfile"
DURING = at("2026-12-03T17:50")  # what begins at six that day lets in, and tells its address
GAME = {
    "roleplay": {
        "scenario": {"sv": "Floden"},
        "groups": 1,
        "parties": [{"key": "upstream", "name": {"sv": "Uppströms"}}],
        "roles": [
            {"key": "herders", "seats": 3, "party": "upstream", "name": {"sv": "Herdarna"}},
            {"key": "media", "seats": 3, "name": {"sv": "Radion"}},
        ],
        "debriefing": [{"text": {"sv": "Hur var det?"}}],
    }
}


@dataclass
class World:
    """The keys, tokens and ids by which a reader finds something."""

    events: dict[str, str] = field(default_factory=dict)  # key → kind
    dates: dict[str, str] = field(default_factory=dict)  # event → id of its first date
    productions: list[str] = field(default_factory=list)
    accounts: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)  # reader → what stands for <token>
    codes: dict[str, list[str]] = field(default_factory=dict)  # event → codes of its registrations
    row_ids: list[str] = field(default_factory=list)

    def knows(self, event: Event) -> Event:
        """Remember an event."""
        self.events[event.key] = event.kind
        return event

    def joins(self, who: str, event: Event, name: str, **more: Any) -> Registration:
        """Register somebody; remember their link."""
        email = more.pop("email", f"{name.split(maxsplit=1)[0].lower()}@example.org")
        new = NewRegistration(name=name, email=email, **more)
        made = registrations.register(event.id, new, by=ANONYMOUS)
        row = db.session.get_one(Registration, made.registration_id)
        return self.remembers(who, event, row)

    def remembers(self, who: str, event: Event, row: Registration) -> Registration:
        """Remember somebody's link."""
        with transaction():
            self.tokens[who] = registrations.make_link(row.id)
        self.codes.setdefault(event.key, []).append(row.code)
        return row

    def has_pass(self, event: Event, purpose: str) -> None:
        """Make a helper's link."""
        self.tokens[purpose] = make_pass(event.id, purpose, "telefonen", by=SYSTEM)


def make_world(app: Flask) -> World:
    """Fill a database."""
    world = World()
    with app.app_context():
        for role in (Role.MEMBER, Role.CHECKIN, Role.REPORTER, Role.EDITOR, Role.ORGANIZER, Role.ADMIN):
            world.accounts[role.value] = make_account(role).id
        for fill in (_lecture, _webinar, _screening, _hearing, _round_table, _game, _circle, _workshop, _conference):
            fill(world)
        _exhibition(world)
        _hidden(world)
        follow_up()
        fill_registering(world)
        follow_up()
        dates = select(Event.key, func.min(Occurrence.id)).join(Occurrence).group_by(Event.key)
        world.dates = {key: str(first) for key, first in db.session.execute(dates)}
        db.session.remove()
    return world


def _lecture(world: World) -> None:
    venue = make_venue(key="house", name={"sv": "Huset zqhouse"}, street="zqstreet 7", travel={"sv": "zqtravel"})
    shy = make_contact("shy", name="Zqshy Talare", named=False, email="zqmailofshy@example.org")
    host = make_contact("host", name="Zqhost Värd", named=False)
    talk = {
        "questions": "both",
        "fee_note": "zqfee",
        "host_contact": "host",
        "speakers": [{"who": "shy", "bio": {"sv": "zqbio"}, "pronouns": "zqpronoun", "photo_consent": "no"}],
    }
    people = [(shy, "speaker"), (host, "host"), (make_contact("open", name="Öppen Talare", named=True), "speaker")]
    event = world.knows(
        make_event(
            key="talk",
            safety=Safety.CAREFUL,
            venue=venue,
            people=people,
            capacity=1,
            ask=["needs", "org"],
            details={"lecture": talk},
        )
    )
    world.joins("nora", event, "Zqnora Seated", answers={"needs": "zqneeds", "organisation": "zqorg"})
    world.joins("wait", event, "Zqwait Waiting")
    new = talks.NewQuestion(text="zqquestion?", name="Zqasker", language="sv", form_key="1")
    talks.ask(event.id, new)
    talks.save_recording(
        event.id, RecordingFields(state=State.EDITING, link="https://example.org/zqrecording"), by=SYSTEM
    )
    world.has_pass(event, "moderator")
    world.has_pass(event, "heads")


def _webinar(world: World) -> None:
    tech = make_contact("tech", name="Zqtech Tekniker", named=False)
    details = {"webinar": {"names": "alias", "note": {"sv": "Att veta."}, "technician": "tech"}}
    event = world.knows(
        make_event(key="web", kind="webinar", mode=Mode.ONLINE, details=details, people=[(tech, "host")], ask=["alias"])
    )
    with transaction():
        db.session.get_one(Event, event.id).online_url = "https://zqroom.example.org/1"
        db.session.flush()
        records.refresh([event.id])
    talks.keep_dial_in(event.id, "zqdial 010", by=SYSTEM)
    world.tokens["viewer, join link"] = join_token(world.joins("viewer", event, "Zqviewer Online").row_id)


def _screening(world: World) -> None:
    licence = {"key": "zqkey", "holder": "Zqholder", "reference": "zqlicence", "fee_sek": 271828}
    film = {"film": {"title": {"sv": "Strömmen"}, "minutes": 60, "licence": licence}}
    world.knows(make_event(key="film", kind="screening", details=film))


def _hearing(world: World) -> None:
    chair = make_contact("cc-chair", name="Folke Ledare", named=True)
    shy = make_contact("cc-witness", name="Zqwitness Vittne", named=False)
    witnesses = [{"who": "cc-witness", "about": {"sv": "zqtestimony"}}]
    event = world.knows(
        make_hearing(
            key="hall",
            people=[(chair, "chair"), (shy, "witness")],
            venue=make_venue(visitor_list_hours=48),
            details={"witnesses": witnesses, "id_required": True},
            ask=["alias", "id_name"],
            agenda=[*AGENDA[:3], {"minutes": 4, "title": {"sv": "zqclosed"}, "closed": True}],
        )
    )
    world.joins("guest", event, "Zqguest Besökare", answers={"id_name": "Zqidname Passet"})
    slot = slot_of(event.id, "Zqcalled", approve=True, name="Zqregistered Namn", topic="zqtopic", proxy="Zqproxy")
    world.remembers("speaker", event, db.session.get_one(Registration, slot.registration_id))
    sent = {
        "withheld": written(event.id, Level.WITHHELD, "zqwithheld", name="Zqnwithheld", clear=True),
        "panel": written(event.id, Level.PANEL, "zqpanel", name="Zqnpanel", clear=True),
        "anonymous": written(event.id, Level.ANONYMOUS, "zqanonymous", name="Zqauthor", clear=True),
        "uncleared": written(event.id, Level.PUBLIC, "zquncleared", name="Zqnuncleared"),
        "public": written(event.id, Level.PUBLIC, "zqpublic", name="Zqnpublic", clear=True),
    }
    world.row_ids += [row.row_id for row in sent.values()]
    for level, row in sent.items():
        world.tokens[f"writer, {level}"] = submission_token(row.row_id)
    for what, is_cleared in (("zqpromise", False), ("zqcommitted", True)):
        new = hearings.NewCommitment(what={"sv": what}, promised_by={"sv": "Ministern"}, is_cleared=is_cleared)
        world.row_ids.append(hearings.save_commitment(event.id, None, new, by=SYSTEM))
    _publish_record(event.id, "zqrecord")
    hearings.save_record(event.id, Record(summary={"sv": "zqdraftrecord"}), version=1, by=SYSTEM)
    for purpose in ("chair", "panel"):
        world.has_pass(event, purpose)


def _publish_record(event_id: int, words: str) -> None:
    hearings.save_record(event_id, Record(summary={"sv": words}), version=0, by=SYSTEM)
    hearings.publish_record(event_id, by=SYSTEM)


def _round_table(world: World) -> None:
    sits = make_contact("sits", name="Zqtable Deltagare", named=True)
    details = {
        **DETAILS,
        "panel": [{"who": "sits", "function": {"sv": "Ordförande"}, "chair": True}],
        "witnesses": [],
        "chatham_house": True,
    }
    agenda = [{**item, "who": ["sits"]} for item in AGENDA[:3]]
    event = world.knows(
        make_hearing(
            key="table", format="round_table", people=[(sits, "chair")], details=details, agenda=agenda, ask=["alias"]
        )
    )
    world.joins("seated", event, "Zqseated Runt")
    written(event.id, Level.PUBLIC, "zqtablepaper", name="Zqtablewriter", clear=True)
    _publish_record(event.id, "zqtablerecord")


def _game(world: World) -> None:
    event = world.knows(make_game(key="game", starts="2026-12-03T18:00", min_age=15, **GAME))
    given = {
        "roleplay.roles[].brief": [("herders", {"sv": "zqherders"}), ("media", {"sv": "zqmedia"})],
        "roleplay.parties[].brief": [("upstream", {"sv": "zqparty"})],
    }
    games.keep_briefs(event.id, given)
    world.accounts["lead"] = lead_of(event).id
    rows = {
        "herder": world.joins("herder", event, "Zqherder Ett", answers={"wish": ["herders"]}),
        "radio": world.joins("radio", event, "Zqradio Två", answers={"wish": ["media"]}),
        "teacher": world.joins("teacher", event, "Zqteacher Tre", answers={"wish": ["media"]}),
    }
    group = games.make_group(rows["teacher"].id, "Zqgroup 2b", plays=True)
    games.join_group(rows["radio"].id, str(group.code))
    world.tokens["group code"] = str(group.code)
    for row in rows.values():
        games.set_age(row.id, is_minor=row is rows["herder"])
    games.agree(rows["herder"].id, "Zqguardian Mor")
    player = db.session.get_one(Player, rows["herder"].id)
    world.tokens["guardian"] = link_token(player.row_id, GUARDIAN)
    give_roles(event)
    lead = db.session.get_one(Account, world.accounts["lead"])
    games.set_release(event.id, clock.now(), by=_actor(lead))
    world.tokens["herder, card"] = link_token(seats_held_by(rows["herder"].id)[0].row_id, CARD)
    world.tokens["wall"] = link_token(event.uid, DEBRIEFING)
    world.has_pass(event, "facilitator")
    with clock.fixed(at("2026-12-03T20:00")):
        for number in range(5):
            games.answer(event.id, [f"zqdebrief {number}"])


def _circle(world: World) -> None:
    readings = [
        {"meeting": 1, "title": "zqopenreading", "link": "https://example.org/zqopenlink"},
        {"meeting": 1, "title": "zqownreading", "text": "zqowntext", "access": "registered"},
        {"meeting": 1, "title": "Blad", "file": "blad"},
        {"meeting": 4, "title": "zqlatereading", "text": "zqlatetext", "available_from": "2026-12-20"},
    ]
    shy = make_contact("gerd", name="Zqleader Ledare", named=False)
    event = world.knows(
        make_circle(
            {"leader_approval": "zqapproval", "number": "zqnumber", "readings": readings},
            key="circle",
            people=[(shy, "leader")],
        )
    )
    upload_file(event.id, 2, PDF, by=SYSTEM)
    new = NewRegistration(name="Zqmember Cirkelsson", email="zqcircle@example.org")
    row = world.remembers("circler", event, registrations.add(event.id, new, by=SYSTEM))
    here = Marks(present={row.row_id: True})
    take_attendance(event.id, db.session.get_one(Event, event.id).occurrences[0].id, here, by=SYSTEM)
    world.has_pass(event, "leader")


def _workshop(world: World) -> None:
    event = world.knows(make_selection(key="shop", materials="zqmaterials", notes="zqnotes"))
    told = {"motivation": "zqmotivation", "organisation": "zqfirm"}
    world.joins("applicant", event, "Zqapplicant Söker", answers=told)


def _conference(world: World) -> None:
    ada = make_contact("ada", name="Zqspeaker Dold", named=False)
    event_id = make_conference(*ALL, people=[(ada, "speaker")], key="conf", travel_support=True)
    event = world.knows(db.session.get_one(Event, event_id))
    if find_version(event_id) is None:
        conferences.publish_programme(event_id, {}, seen=0, by=SYSTEM)
    edit(event_id, talk={"title": {"sv": "zqunpublished"}})
    row = world.joins("delegate", event, "Zqdelegate Fler", occurrences=tuple(o.id for o in event.occurrences))
    conferences.choose(row.id, ["game"])
    conferences.ask_for_letter(row.id, wants=True)
    world.tokens["own feed"] = conferences.make_feed(row.id)


def _exhibition(world: World) -> None:
    event = world.knows(make_exhibition(key="show"))
    work = Work(maker="Kollektivet", insurance_value=987123, sensitivity="zqsensitive")
    production = make_production(
        works=(work,),
        fee_per_week=31415,
        emergency_contact="zqemergency",
        storage="zqstorage",
        fee_note={"sv": "zqpay"},
    )
    venue = db.session.get_one(Venue, event.venue_id)
    here = make_stop(production, date(2026, 10, 30), 34, venue=venue, event="show", host_contact="zqkeeper")
    agreed = make_stop(production, date(2026, 12, 20), 20, city="Umeå")
    asked = make_stop(production, date(2027, 2, 1), 20, city="Zqcity", fee_note="zqstopfee")
    for stop in (here, agreed):
        for status in (StopStatus.RESERVED, StopStatus.AGREED):
            set_status(stop.row_id, status, by=SYSTEM, reason="prov")
    world.productions.append(production.key)
    world.row_ids += [here.row_id, agreed.row_id, asked.row_id]
    world.has_pass(event, "counter")


def _hidden(world: World) -> None:
    world.knows(make_event(key="draft", status=Life.DRAFT, title={"sv": "zqdraft"}, summary={"sv": "zqdraft"}))
    whole = make_event(key="whole", visibility=Visibility.PRIVATE, title={"sv": "zqwhole"})
    part = make_event(key="part", starts="2026-12-04T18:00")
    make_part(part, world.knows(whole))
    world.knows(part)
    inside = world.knows(make_event(key="members", visibility=Visibility.MEMBERS, title={"sv": "zqmembers"}))
    del inside


def _actor(account: Account) -> Actor:
    return Actor(account_id=account.id, role=account.role)
