"""Whoever walks all addresses finds what they may find, and nothing else: one event of each kind, all who may come."""

import io
import logging
import re
import shutil
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from cag_events import clock
from cag_events.accounts.models import Account
from cag_events.app import create_app
from cag_events.db import db, transaction
from cag_events.outbox.models import Message
from cag_events.web import log
from cag_events.web.models import Throttle
from tests.conftest import NOW, settings_for
from tests.factories import at, csrf_token, sign_in
from tests.house.world import rules_of
from tests.page import page
from tests.site.kinds_world import DURING, World, make_world

WORDS = re.compile(r"(?<![a-z0-9])(?:zq[a-z]+|987123|31415|271828)(?![a-z0-9])")
AFTER = at("2027-01-05T12:00")
ROOMS = {  # rooms whose pages are about events of some kinds alone
    "conferences": {"conference"},
    "exhibitions": {"exhibition"},
    "hearings": {"hearing"},
    "roleplays": {"roleplay"},
    "studies": {"study_session"},
    "talks": {"lecture", "screening", "webinar"},
}
PUBLIC = {"stranger", "member", "checkin", "reporter", "editor", "organizer", "admin", "lead", "carer"}
DESK = {"organizer", "admin", "lead", "carer"}  # see those who come, and what they told
TEAM = DESK | {"editor"}
REPORTS = TEAM | {"reporter"}
GROUP = {"grouper", "colleague"}  # who registered two, and a colleague with a link of their own
WRITERS = ("writer, withheld", "writer, panel", "writer, anonymous", "writer, uncleared", "writer, public")
LINKS = (  # readers that have a secret, and no account
    *("nora", "wait", "viewer", "viewer, join link", "guest", "speaker", "seated", "herder", "herder, card"),
    *("radio", "teacher", "guardian", "wall", "circler", "applicant", "delegate", "own feed", "group code"),
    *WRITERS,
    *("moderator", "heads", "chair", "panel", "facilitator", "leader", "counter"),
    *("grouper", "colleague", "ticket", "news", "thanks", "queued", "giver", "taker", "former", "heir"),
    *("heir, before", "invited", "door"),
)
READERS = (*sorted(PUBLIC), *LINKS)

MAY: dict[str, set[str]] = {  # word → who finds it, two weeks before most of it takes place
    # a lecture, careful: its house, who speaks, what came in, who comes
    **dict.fromkeys(("zqhouse", "zqstreet", "zqtravel"), TEAM),
    **dict.fromkeys(("zqshy", "zqhost", "zqbio", "zqpronoun", "zqfee"), TEAM),
    "zqmailofshy": DESK,
    **dict.fromkeys(("zqquestion", "zqasker"), DESK | {"moderator"}),
    "zqrecording": DESK,
    **dict.fromkeys(("zqnora", "zqorg"), DESK | {"nora"}),
    "zqneeds": DESK | {"nora"},  # the kitchen's list tells what is asked for, and not by whom
    "zqwait": DESK | {"wait"},
    # a webinar: its room and its telephone number are found on the way in alone, see below
    "zqtech": TEAM,
    "zqviewer": DESK | {"viewer"},
    # a film: the licence, for those who report to its holder
    **dict.fromkeys(("zqholder", "zqlicence", "271828"), REPORTS),
    "zqkey": TEAM,
    # a hearing: who comes and speaks, what was written in at which level, what is cleared
    **dict.fromkeys(("zqguest", "zqidname"), DESK | {"guest"}),
    "zqregistered": DESK | {"speaker"},
    **dict.fromkeys(("zqcalled", "zqtopic", "zqproxy"), DESK | {"speaker", "chair"}),
    "zqwithheld": {"writer, withheld"},
    "zqnwithheld": {"writer, withheld"},
    **dict.fromkeys(("zqpanel", "zqnpanel"), DESK | {"writer, panel", "panel"}),
    "zqanonymous": TEAM | {"writer, anonymous", "panel"},
    "zqauthor": DESK | {"writer, anonymous"},
    **dict.fromkeys(("zquncleared", "zqnuncleared"), DESK | {"writer, uncleared"}),
    **dict.fromkeys(("zqpublic", "zqnpublic"), TEAM | {"writer, public", "panel"}),
    **dict.fromkeys(("zqwitness", "zqtestimony", "zqclosed", "zqpromise", "zqdraftrecord"), TEAM),
    **dict.fromkeys(("zqrecord", "zqcommitted"), PUBLIC | {"guest", "speaker"}),
    # a round table under the Chatham House rule: nobody is named
    **dict.fromkeys(("zqtable", "zqtablepaper"), TEAM),
    "zqtablewriter": DESK,
    "zqtablerecord": PUBLIC | {"seated"},
    "zqseated": DESK | {"seated"},
    # a role-play: briefs are for their holders and the game masters
    "zqherders": {"lead", "facilitator", "herder", "herder, card"},
    "zqparty": {"lead", "facilitator", "herder", "herder, card"},
    "zqmedia": {"lead", "facilitator", "radio", "teacher"},
    "zqherder": DESK | {"facilitator", "herder", "guardian"},
    "zqradio": DESK | {"facilitator", "radio", "teacher"},
    "zqteacher": DESK | {"facilitator", "teacher"},
    "zqguardian": {"herder"},  # who agreed for a child: in the child's own file, and nowhere else
    "zqgroup": DESK | {"radio", "teacher"},
    "zqdebrief": DESK,
    # a circle: readings, the leader, who was there
    **dict.fromkeys(("zqopenreading", "zqopenlink"), PUBLIC | {"circler"}),
    **dict.fromkeys(("zqownreading", "zqowntext", "zqfile"), TEAM | {"circler"}),
    **dict.fromkeys(("zqlatereading", "zqlatetext"), TEAM),
    **dict.fromkeys(("zqapproval", "zqnumber"), REPORTS),
    "zqleader": TEAM,
    "zqmember": DESK | {"circler", "leader"},
    "zqcircle": DESK | {"circler"},
    # a workshop with a choice
    **dict.fromkeys(("zqapplicant", "zqmotivation"), DESK | {"applicant"}),
    "zqfirm": DESK | {"applicant"},
    **dict.fromkeys(("zqmaterials", "zqnotes"), TEAM),
    # a conference
    **dict.fromkeys(("zqspeaker", "zqunpublished"), TEAM),
    "zqdelegate": DESK | {"delegate"},
    # a tour
    **dict.fromkeys(("zqcity", "zqkeeper", "zqstopfee", "zqpay", "zqstorage", "zqemergency", "zqsensitive"), TEAM),
    **dict.fromkeys(("987123", "31415"), TEAM),
    # registration with all that it has: the door, a group, own questions, a queue, seats passed on, invitations, mails
    "zqdoorname": DESK | GROUP | {"door"},
    **dict.fromkeys(("zqlastname", "zqplainly"), DESK | GROUP),
    "zqhealth": GROUP | {"carer"},  # a sensitive question
    **dict.fromkeys(("zqramp", "zqalongneeds"), DESK | GROUP),  # without a name but for who has the care right
    "zqalong": DESK | GROUP,
    "zqgrouper": DESK | GROUP,  # the address
    "zqcolleague": GROUP | {"admin"},  # in the list of mails, as
    "zqformer": {"admin"},  # who has left
    "zqqueued": DESK | {"queued"},
    "zqreason": DESK | {"queued"},  # in the file with all that is kept of them, which they have a right to
    "zqgiver": DESK | {"giver", "door"},
    "zqtaker": DESK | {"giver", "taker"},
    "zqheir": DESK | {"heir", "door"},
    "zqheirplain": DESK | {"heir"},
    "zqoffice": DESK | {"invited"},
    "zqmailofoffice": DESK | {"invited"},
    "zqinvitenote": {"invited"},
    "zqlabel": DESK,
    "zqreminder": TEAM,
    **dict.fromkeys(("zqsubject", "zqfreewords"), TEAM),
    "zqphone": DESK | {"door"},
    "zqbroken": {"admin"},
    # what is not public at all
    **dict.fromkeys(("zqdraft", "zqwhole"), TEAM),
    "zqmembers": REPORTS | {"member"},
}
SOUGHT = (  # one of each place: searching more often than this is refused
    *("zqhouse", "zqshy", "zqbio", "zqquestion", "zqtech", "zqlicence", "zqwitness", "zqclosed", "zqtable"),
    *("zqherders", "zqleader", "zqlatereading", "zqunpublished", "zqcity", "zqdraft", "zqwhole"),
)
KNOWN = {*MAY, "zqdial", "zqroom", "zqcode", "zqlisted"}  # codes and lists are shown to nobody
PAGES = {  # what a secret that is no registration's opens
    **dict.fromkeys(WRITERS, "hearings.submission"),
    "viewer, join link": "talks.join",
    "herder, card": "roleplays.card",
    "guardian": "roleplays.guardian",
    "own feed": "conferences.own_ics",
    "moderator": "talks.moderator",
    "heads": "talks.counter",
    "chair": "hearings.chair",
    "panel": "hearings.panel",
    "facilitator": "roleplays.masters roleplays.masters_cards roleplays.masters_cast",
    "leader": "studies.leader",
    "counter": "exhibitions.counter",
    "news": "registrations.unsubscribe",
    "thanks": "messages.thanks",
    "taker": "registrations.take_over",
    "invited": "registrations.invited",
    "door": "door.phone door.people door.web_manifest",
    **dict.fromkeys(("ticket", "former", "heir, before"), ""),  # of the door alone; whose seat is somebody else's
    "group code": "",  # is typed, and no address
    "wall": "",  # the debriefing: once it is over
}
OWN = {  # the room whose pages the link of a registration opens beside its own
    **dict.fromkeys(("nora", "wait"), "talks"),
    **dict.fromkeys(("guest", "speaker", "seated"), "hearings"),
    **dict.fromkeys(("herder", "radio", "teacher"), "roleplays"),
    "circler": "studies",
    "delegate": "conferences",
    **dict.fromkeys(("viewer", "applicant", "grouper", "colleague", "queued", "giver", "heir"), ""),
}


class Lines(logging.Handler):
    """Keeps the lines that the application logs."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.setFormatter(log.JsonLine())

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        self.said.append(self.format(record))


@dataclass
class Stage:
    """The application, and what it holds."""

    app: Flask
    world: World


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, empty_sqlite: Path) -> Iterator[Stage]:
    """One world for all readers: nobody changes anything by reading."""
    folder = tmp_path_factory.mktemp("kinds")
    shutil.copy(empty_sqlite, folder / "kinds.sqlite")
    app = create_app(settings_for(folder, f"sqlite:///{folder / 'kinds.sqlite'}"))
    app.testing = True
    with clock.fixed(NOW):
        world = make_world(app)
    yield Stage(app, world)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_every_word_is_found_by_somebody() -> None:
    assert [word for word, who in MAY.items() if not who] == []
    assert {name for who in MAY.values() for name in who} <= set(READERS)


@pytest.mark.parametrize("who", READERS)
def test_reader_finds_what_they_may_and_nothing_else(stage: Stage, who: str) -> None:
    found = walk(stage, who)

    may = {word for word, readers in MAY.items() if who in readers}
    assert {word: sorted(paths) for word, paths in found.items() if word not in may} == {}
    assert sorted(may - set(found)) == []


@pytest.mark.parametrize(
    ("who", "at", "more"),
    [
        ("nora", DURING, {"zqhouse", "zqstreet"}),
        ("wait", DURING, set()),
        ("viewer, join link", DURING, {"zqdial"}),
        ("viewer", DURING, set()),
        ("stranger", AFTER, {"zqanonymous", "zqpublic", "zqnpublic", "zqtablepaper", "zqlatereading", "zqlatetext"}),
        ("seated", AFTER, {"zqtablepaper"}),
    ],
)
def test_reader_finds_more_when_its_time_has_come(stage: Stage, who: str, at: datetime, more: set[str]) -> None:
    before, then = walk(stage, who), walk(stage, who, at)

    assert set(then) - set(before) == more


def test_room_is_told_to_those_with_a_seat_in_its_time_alone(stage: Stage) -> None:
    client, token = stage.app.test_client(), stage.world.tokens["viewer, join link"]

    def led_to(moment: datetime) -> str:
        with clock.fixed(moment):
            answer = client.post(f"/sv/join/{token}", data={"csrf_token": csrf_token(client)})
            return str(answer.headers["Location"])

    assert led_to(NOW) == f"/sv/join/{token}"
    assert led_to(DURING) == "https://zqroom.example.org/1"


def test_every_secret_opens_its_own_pages_alone(stage: Stage) -> None:
    opened = {
        who: {rule.endpoint for rule, path in _rules_and_paths(stage, who) if _opens(stage, path)} for who in LINKS
    }

    for who, pages in PAGES.items():
        assert opened[who] == set(pages.split()), who
    rooms = {who: {page.partition(".")[0] for page in opened[who]} - {"messages"} for who in LINKS if who not in PAGES}
    assert rooms == {who: {"registrations", *OWN[who].split()} for who in rooms}


def test_mail_says_its_readers_name_and_no_other_word(stage: Stage) -> None:
    with stage.app.app_context():
        rows = db.session.scalars(select(Message))
        mails = [(str(row.to), str(row.subject), f"{row.text} {row.html}".lower()) for row in rows]

    assert len(mails) > len(stage.world.events)
    assert [subject for _to, subject, _text in mails if WORDS.search(subject.lower())] == []
    said = {(to, word) for to, _, text in mails for word in {*WORDS.findall(text.replace(to, ""))} & KNOWN}
    own = {(to, word) for to, word in said if word == to.partition("@")[0]}
    assert said - own == {  # whose address is no name
        ("zqcircle@example.org", "zqmember"),
        *{("zqgrouper@example.org", word) for word in ("zqdoorname", "zqlastname")},
        *{("zqmailofoffice@example.org", word) for word in ("zqoffice", "zqinvitenote")},
    }
    assert ("zqherder@example.org", "zqherder") in own


def test_needs_stand_beside_a_name_for_those_with_the_care_right_alone(stage: Stage) -> None:
    named = {"zqlastname", "zqalong"}
    beside: dict[str, set[str]] = defaultdict(set)
    for who in ("organizer", "carer"):
        client, code = browser(stage, who), stage.world.codes["seats"][0]
        for end in ("lists/kitchen", "lists/kitchen.csv", f"registrations/{code}"):
            with clock.fixed(NOW), client.get(f"/sv/organise/events/seats/{end}") as answer:
                words = set(WORDS.findall(text_of(answer)))
            if words & named and words & {"zqramp", "zqalongneeds"}:
                beside[who].add(end)
            assert (words & {"zqramp", "zqalongneeds"} == set()) is (who == "organizer" and "kitchen" not in end)

    assert beside == {"carer": {f"registrations/{stage.world.codes['seats'][0]}"}}


def test_log_says_none_of_it(stage: Stage) -> None:
    lines = Lines()
    log.LOGGER.addHandler(lines)
    try:
        for who in ("chair", "herder", "writer, withheld", "checkin"):
            walk(stage, who)
    finally:
        log.LOGGER.removeHandler(lines)

    assert len(lines.said) > 100
    assert [line for line in lines.said if WORDS.search(line.lower())] == []
    secrets = [stage.world.tokens[who] for who in ("chair", "herder", "writer, withheld")]
    assert [line for line in lines.said if any(secret in line for secret in secrets)] == []


@pytest.mark.parametrize("who", ["stranger", "member"])
def test_search_finds_no_word_that_its_reader_may_not_know(stage: Stage, who: str) -> None:
    client = browser(stage, who)

    def said(word: str) -> str:
        return page(client, f"/sv/search?q={word}").main.lower().replace(word, "…")

    nothing = said("qqqqqq")
    assert [word for word in SOUGHT if who in MAY[word]] == []
    assert [word for word in SOUGHT if said(word) != nothing] == []
    assert said("cirkeln") != nothing


def browser(stage: Stage, who: str) -> FlaskClient:
    """A browser of somebody: signed in, if they have an account."""
    client = stage.app.test_client()
    if who in stage.world.accounts:
        with stage.app.app_context():
            account = db.session.get_one(Account, stage.world.accounts[who])
            db.session.expunge(account)
        sign_in(client, account)
    return client


def walk(stage: Stage, who: str, at: datetime = NOW) -> dict[str, set[str]]:
    """Which words somebody finds, and where, at all addresses that are theirs to try."""
    found: dict[str, set[str]] = defaultdict(set)
    with clock.fixed(at):
        client = browser(stage, who)
        for path in addresses(stage, who):
            with client.get(path) as answer:
                assert answer.status_code not in (429, 500) or path == "/readyz", f"{path}: {answer.status_code}"
                for word in set(WORDS.findall(text_of(answer))) & KNOWN:
                    found[word].add(path)
            if path.endswith((".csv", ".xlsx", "/print", "/list", "/certificates", "/diplomas")):
                _forget_tries(stage.app)
    return found


def text_of(answer: TestResponse) -> str:
    """All that an answer says: its head, workbooks opened, lines of calendars unfolded, entities resolved."""
    data = answer.data
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            data = b" ".join(book.read(name) for name in book.namelist())
    body = data.decode("utf-8", "replace").replace("\r\n ", "")
    said = unquote(unescape(f"{answer.headers} {body}")).lower()
    return re.sub(r"(?<=\d)[\s\u00a0\u202f.,]+(?=\d)", "", said)


def addresses(stage: Stage, who: str) -> list[str]:
    """What somebody can open: with an account, or none, all that takes no secret; with a secret, all that takes one."""
    found = [path for _rule, path in _rules_and_paths(stage, who)]
    more = ("/sv/?to=2027-12-31", "/en/search?q=zq", "/en/events/talk", "/en/events/table")
    log_of_care = "/sv/organise/log?what=care.broken"  # its first page is full of what the walk itself has opened
    return list(dict.fromkeys([*found, *(() if who in LINKS else (*more, log_of_care))]))


def _rules_and_paths(stage: Stage, who: str) -> list[tuple[Rule, str]]:
    token = stage.world.tokens.get(who)
    rules = [rule for rule in rules_of(stage.app, "GET") if ("token" in rule.arguments) == (token is not None)]
    return [(rule, path) for rule in rules for path in _filled(stage, rule, token)]


def _opens(stage: Stage, path: str) -> bool:
    with clock.fixed(NOW):
        return stage.app.test_client().get(path).status_code == 200


def _filled(stage: Stage, rule: Rule, token: str | None) -> Iterator[str]:
    world = stage.world
    room = rule.endpoint.partition(".")[0]
    keys = ["x"]
    if "/events/<key>" in rule.rule:
        keys = [key for key, kind in world.events.items() if kind in ROOMS.get(room, {kind})]
    elif "/productions/<key>" in rule.rule:
        keys = world.productions
    elif "/contacts/<key>" in rule.rule:
        keys = ["shy", "sits"]
    elif "/venues/<key>" in rule.rule:
        keys = ["house"]
    for key in keys:
        rows = world.row_ids if "row_id" in rule.arguments else ["x"]
        codes = world.codes.get(key, ["x"]) if "code" in rule.arguments else ["x"]
        for row_id in rows:
            for code in codes:
                values = {
                    "lang": "sv",
                    "key": key,
                    "row_id": row_id,
                    "code": code,
                    "occurrence": world.dates.get(key, "0"),
                    "token": token or "x",
                    "year": "2026",
                    "month": "12",
                    "name": "blad",
                    "question": "plain",
                    "segment": "students",
                    "item": "game",
                    "filename": "css/base.css",
                }
                address = re.sub(r"<(?:\w+:)?(\w+)>", lambda hit: values[hit[1]], rule.rule)  # noqa: B023
                yield address


def _forget_tries(app: Flask) -> None:
    """Let an organizer take as many lists along as the walk has."""
    with app.app_context(), transaction():
        db.session.execute(delete(Throttle))
