"""The pages of role-plays, with the demo in them: what to open, and what to send to see it."""

from datetime import timedelta

from sqlalchemy import select

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.events.models import Event
from cag_events.events.services import make_pass
from cag_events.permissions import SYSTEM, Role
from cag_events.registrations.models import Registration
from cag_events.registrations.services import make_link
from cag_events.roleplays import services
from cag_events.roleplays.codes import CARD, DEBRIEFING, GUARDIAN, link_token
from cag_events.roleplays.models import Player, RoleSeat, SchoolGroup
from tests.journeys.pages import Stop
from tests.journeys.stage import Stage
from tests.roleplays.games import join, make_game

GIVEN, WISHED, OVER = "floden-goteborg", "floden-uppsala", "game-over"


def roleplay_stops(stage: Stage) -> list[Stop]:
    """What players, guardians, game masters and organizers see."""
    found = stage.ask(_links)
    event, wished = f"/{{lang}}/organise/events/{GIVEN}", f"/{{lang}}/organise/events/{WISHED}"
    own = {name: f"/{{lang}}/registrations/{token}" for name, token in found.items()}
    twice = {"first": "media", "second": "media"}
    masters = f"/{{lang}}/game-masters/{found['pass']}"
    form = ".own-registration form.form"
    return [
        Stop(f"/{{lang}}/events/{GIVEN}"),
        Stop(own["seat"]),
        Stop(f"{own['seat']}/role"),
        Stop(f"{own['seat']}/wishes"),
        Stop(f"{own['wish']}/wishes"),
        Stop(f"{own['wish']}/wishes", form=form, typed=twice, status=422),
        Stop(f"{own['wish']}/role", status=404),
        Stop(f"{own['wish']}/group"),
        Stop(f"{own['wish']}/group", form="#join form", typed={"code": "AAAA-AAAA"}, status=422),
        Stop(f"{own['leader']}/group"),
        Stop(f"{own['minor']}/age"),
        Stop(f"{own['minor']}/age", form="#agree form", typed={"guardian": ""}, status=422),
        Stop(f"{own['over']}/debriefing"),
        Stop(f"/{{lang}}/guardians/{found['guardian']}"),
        Stop(f"/{{lang}}/guardians/{found['guardian']}", form=form, status=422),
        Stop(f"/{{lang}}/role-cards/{found['card']}"),
        Stop(f"/{{lang}}/debriefings/{found['debriefing']}"),
        Stop(f"/{{lang}}/debriefings/{found['debriefing']}", form=form, status=422),
        Stop(masters),
        Stop(f"{masters}/cards"),
        Stop(f"{masters}/cast"),
        Stop(f"{event}/edit", Role.ADMIN),
        Stop(f"{event}/roles", Role.ADMIN),
        Stop(f"{wished}/roles", Role.ADMIN),
        Stop(f"{event}/roles/{found['code']}", Role.ADMIN),
        Stop(f"{event}/facilitators", Role.ADMIN),
        Stop(f"{event}/facilitators", Role.ADMIN, form="main form.form[novalidate]", status=422),
        Stop(f"{event}/briefs", Role.ADMIN),
        Stop(f"{event}/role-cards", Role.ADMIN),
        Stop(f"{event}/cast", Role.ADMIN),
        Stop(f"{event}/debriefing", Role.ADMIN),
        Stop(f"/{{lang}}/organise/events/{OVER}/debriefing", Role.ADMIN),
        Stop(f"{event}/briefs", Role.EDITOR, status=403),
    ]


def _links() -> dict[str, str]:
    given = db.session.scalars(select(Event).where(Event.key == GIVEN)).one()
    wished = db.session.scalars(select(Event).where(Event.key == WISHED)).one()
    services.add_facilitator(given.id, "admin@example.org", by=SYSTEM)
    with clock.fixed(clock.now() - timedelta(days=4)):
        over = make_game(key=OVER, starts=(clock.now() + timedelta(days=3)).replace(tzinfo=None), closes_hours=1)
        was_there = join(over, "Ada Lind", "media")
    for number in range(5):
        services.answer(over.id, [f"Answer {number}", 3])
    seat = db.session.scalars(
        select(RoleSeat)
        .join(Player, Player.registration_id == RoleSeat.registration_id)
        .where(RoleSeat.event_id == given.id, (Player.is_minor.is_(False)) | Player.agreed_at.is_not(None))
        .order_by(RoleSeat.id)
    ).first()
    minor = db.session.scalars(
        select(Player).where(Player.event_id == given.id, Player.is_minor, Player.agreed_at.is_(None))
    ).first()
    leader = db.session.scalars(select(SchoolGroup).where(SchoolGroup.event_id == given.id)).first()
    wish = db.session.scalars(select(Player).where(Player.event_id == wished.id)).first()
    assert seat is not None
    assert minor is not None
    assert leader is not None
    assert wish is not None
    links = {
        "code": db.session.get_one(Registration, seat.registration_id).code,
        "card": link_token(seat.row_id, CARD),
        "guardian": link_token(minor.row_id, GUARDIAN),
        "debriefing": link_token(over.uid, DEBRIEFING),
        "pass": make_pass(given.id, "facilitator", "the room", by=SYSTEM),
    }
    owners = {
        "seat": seat.registration_id,
        "minor": minor.registration_id,
        "leader": leader.leader_id,
        "wish": wish.registration_id,
        "over": was_there.id,
    }
    with transaction():
        return {**links, **{name: make_link(one) for name, one in owners.items()}}
