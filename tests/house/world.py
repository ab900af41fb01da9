"""A small world in which every address of the program leads somewhere, for tests that walk the URL map."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import Rule

from cag_events.accounts import services
from cag_events.permissions import Role
from tests.exhibitions.given import make_production
from tests.factories import make_account, make_campaign, make_event, make_segment, make_theme, make_venue

NOTHING = {"key": "no-such-key", "token": "A" * 43, "row_id": "B" * 22, "code": "ZZZZZZ", "id": "999999999"}
PLACES = {
    "events": "event",
    "themes": "theme",
    "campaigns": "campaign",
    "segments": "segment",
    "venues": "venue",
    "productions": "production",
    "kinds": "kind",
    "funding-terms": "terms",
}


@dataclass(frozen=True)
class World:
    """The keys and tokens of what there is."""

    values: dict[str, str]
    reset_token: str

    def address(self, rule: Rule, lang: str = "en") -> str:
        """Return an address of a rule that leads to something, as far as this world has it."""
        place = next((PLACES[part] for part in rule.rule.split("/") if part in PLACES), "")
        return _fill(rule, lang, {**NOTHING, "key": self.values.get(place, NOTHING["key"])}, self)

    def wrong_address(self, rule: Rule, lang: str = "en") -> str:
        """Return an address of a rule that leads to nothing."""
        return _fill(rule, lang, NOTHING, self)


def _fill(rule: Rule, lang: str, values: dict[str, str], world: World) -> str:
    address = rule.rule
    for name in rule.arguments:
        value = {"lang": lang, "year": "2026", "month": "12", "filename": "css/base.css"}.get(name)
        if value is None:
            value = world.values.get(name) or values.get(name) or NOTHING["row_id"]
        for pattern in (f"<{name}>", f"<path:{name}>", f"<int:{name}>", f"<string:{name}>"):
            address = address.replace(pattern, value)
    assert "<" not in address, f"{rule.rule}: this world does not know how to fill it"
    return address


def make_world(app: Flask) -> World:
    """Fill a database with one of each."""
    with app.app_context():
        theme, campaign, segment, venue = make_theme(), make_campaign(), make_segment(), make_venue(key="house")
        asked = [{"key": "meal", "label": {"en": "Will you eat with us?"}, "answer": "yes_no"}]
        event = make_event(themes=[theme], campaign=campaign, segments=[segment], venue=venue, questions=asked)
        production = make_production()
        member = make_account(Role.MEMBER)
        token = services.make_token(member.id, "reset")
        values = {
            "event": event.key,
            "occurrence": str(event.occurrences[0].id),
            "theme": theme.key,
            "campaign": campaign.key,
            "segment": segment.key,
            "venue": venue.key,
            "production": production.key,
            "kind": "lecture",
            "question": "meal",
            "terms": "studiecirkel-all-2015-01-01",  # those that come with the program
        }
    return World(values=values, reset_token=token)


def rules_of(app: Flask, method: str) -> Iterator[Rule]:
    """Yield the rules that answer a method, static files aside."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if method in (rule.methods or ()) and rule.endpoint != "static":
            yield rule
