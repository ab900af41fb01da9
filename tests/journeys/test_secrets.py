"""A stranger who follows every link and reads every feed learns nothing that is not for strangers; the team sees it."""

import re
from collections import deque
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient

from cag_events.domain.event import Safety, Visibility
from cag_events.domain.lifecycle import Status
from cag_events.permissions import Role
from tests.factories import sign_in
from tests.making import Make

BEGIN = ("/", "/robots.txt", "/sitemap.xml", "/feeds/programme.ics", "/feeds/programme.atom", "/feeds/programme.json")
LINK = re.compile(r"""(?:href|src|action)="([^"]+)"|(https?://127\.0\.0\.1:5000[^\s"<>\\,;]*)""")
MONTH = re.compile(r"/calendar/(\d{4})/(\d\d)")
FILTERED = re.compile(r"/sv/|/feeds/programme\.(ics|json|atom)")
HIDDEN: dict[str, dict[str, Any]] = {
    "guarded": {"safety": Safety.GUARDED},
    "members": {"visibility": Visibility.MEMBERS},
    "private": {"visibility": Visibility.PRIVATE},
    "draft": {"status": Status.DRAFT},
    "gone": {"safety": Safety.GUARDED, "status": Status.CANCELLED},
}


OF_THE_DEMO = {
    "utfallsskord": "Mäta det som räknas",
    "digital-sakerhet": "Säkrare vardag",
    "medlemskvall-host": "Medlemskväll: planera",
    "rundabord-utrymme": "Rundabordssamtal: stödet",
    "spelledare-bisjkek": "Utbildning av spelledare",
    "tasjkent-vatten": "Kvinnor, vatten och jord",
}


def make_hidden(make: Make, name: str, **values: Any) -> None:
    """An event every word of which begins with its name."""
    word = f"Kanarie{name}"
    venue = make.venue(name={"sv": f"{word} hus"}, street=f"{word}gatan 1", travel={"sv": f"{word} resväg"})
    make.event(
        **{
            "key": f"hidden-{name}",
            "mode": "hybrid",
            "title": {"sv": f"{word} titel", "en": f"{word} title"},
            "summary": {"sv": f"{word} kort"},
            "body": {"sv": f"{word} långt"},
            "content_note": {"sv": f"{word} notis"},
            "agenda": [{"minutes": 10, "title": {"sv": f"{word} punkt"}}],
            "venue": venue,
            "people": [(make.contact(name=f"{word} Person"), "speaker")],
            "partners": [make.partner(name=f"{word} Partner")],
            "online_url": f"https://meet.example.org/{word}",
            "online_capacity": 10,
            **values,
        }
    )


def make_half_hidden(make: Make) -> None:
    """An event that everybody may know of, without its address, its online room and one of its speakers."""
    make.event(
        key="half",
        mode="hybrid",
        themes=[make.theme("gender")],
        safety=Safety.CAREFUL,
        title={"sv": "Synligt evenemang", "en": "Visible event"},
        venue=make.venue(name={"sv": "Kanarievillan"}, street="Kanarievägen 7", city="Lund"),
        people=[
            (make.contact(name="Kanarie Talare", named=None), "speaker"),
            (make.contact(name="Synlig Talare", named=True), "speaker"),
        ],
        online_url="https://meet.example.org/Kanarierum",
        online_capacity=10,
    )


def is_new_ground(address: str) -> bool:
    """Tell whether an address may say something that others do not: combinations of filters are without end."""
    parts = urlsplit(address)
    month = MONTH.search(parts.path)
    if parts.path.startswith("/static/") or (month and not "2026-11" <= f"{month[1]}-{month[2]}" <= "2027-01"):
        return False
    filters = [name for name, _value in parse_qsl(parts.query) if name not in ("lang", "hours", "profile")]
    return not filters or (len(filters) == 1 and FILTERED.fullmatch(parts.path) is not None)


def crawl(client: FlaskClient) -> dict[str, str]:
    """Follow every link of this site from its beginnings; returns what each address answers."""
    told: dict[str, str] = {}
    waiting = deque(BEGIN)
    while waiting:
        address = waiting.popleft()
        if address in told:
            continue
        with client.get(address) as answer:
            told[address] = re.sub(r"\r\n ", "", answer.text)  # folded lines of calendars
            found = [unescape(one or other) for one, other in LINK.findall(told[address])]
            found.append(answer.headers.get("Location", ""))
        for link in found:
            target = urljoin(f"http://127.0.0.1:5000{address}", link.replace("webcal:", "http:")).partition("#")[0]
            if target.startswith("http://127.0.0.1:5000/") and is_new_ground(target):
                waiting.append(target.removeprefix("http://127.0.0.1:5000"))
    return told


def test_following_every_link_as_a_stranger_leads_to_no_secret(demo_app: Flask) -> None:
    make = Make(demo_app)
    for name, values in HIDDEN.items():
        make_hidden(make, name, **values)
    make_hidden(make, "unlisted", visibility=Visibility.UNLISTED)
    make_half_hidden(make)

    told = crawl(demo_app.test_client())

    assert len(told) > 300
    assert [address for address, text in told.items() if "kanarie" in text.lower()] == []
    for key, title in OF_THE_DEMO.items():
        assert [address for address, text in told.items() if title in text or f"/events/{key}" in text] == []
    assert [address for address, text in told.items() if "meet.example.org" in text] == []
    visible = {address for address, text in told.items() if "Synligt evenemang" in text}
    assert {
        "/sv/",
        "/sv/events/half",
        "/feeds/programme.ics",
        "/feeds/programme.json",
        "/feeds/programme.atom",
    } <= visible
    assert ("Synlig Talare" in told["/sv/events/half"], "Lund" in told["/sv/events/half"]) == (True, True)


def test_the_team_sees_what_strangers_do_not(demo_app: Flask) -> None:
    make = Make(demo_app)
    for name, values in HIDDEN.items():
        make_hidden(make, name, **values)
    client = demo_app.test_client()
    sign_in(client, Role.ORGANIZER)

    for name in HIDDEN:
        shown = client.get(f"/sv/organise/events/hidden-{name}/edit").text
        missing = [
            part
            for part in ("titel", "kort", "långt", "hus", "punkt", "Person", "Partner")
            if f"Kanarie{name} {part}" not in shown
        ]
        assert (name, missing) == (name, [])
        assert "meet.example.org" not in shown  # the way in is nobody's but each one's own
