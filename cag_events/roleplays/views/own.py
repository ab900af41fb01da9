"""What somebody does for the game at their own registration: wishes, group, age, the role card, the debriefing."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.db import db
from cag_events.domain.errors import NotFound, Refused
from cag_events.domain.names import short_name
from cag_events.domain.seats import Status
from cag_events.domain.texts import pick
from cag_events.events.extensions import OwnVisit
from cag_events.events.queries import get_record
from cag_events.registrations.models import Registration
from cag_events.registrations.visits import visit_of
from cag_events.roleplays import services
from cag_events.roleplays.cards import cards_for, refusal_of
from cag_events.roleplays.codes import GUARDIAN, link_token
from cag_events.roleplays.forms import (
    AgeForm,
    GroupForm,
    GuardianForm,
    JoinForm,
    WishesForm,
    debriefing_form,
    wishes_form,
)
from cag_events.roleplays.models import Player, RunSeat
from cag_events.roleplays.queries import (
    asks_age,
    group_of,
    is_game,
    members_of,
    person_of,
    play_of,
    seats_held_by,
    shown_play_of,
    stage_of,
)
from cag_events.roleplays.services.debriefing import is_open
from cag_events.roleplays.views.blueprint import bp
from cag_events.roleplays.wording import WHY_REFUSED, told_result
from cag_events.web.access import public
from cag_events.web.errors import say
from cag_events.web.language import current_language
from cag_events.web.mailing import address


@bp.get("/<lang>/registrations/<token>/wishes")
@public
def wishes(token: str) -> ResponseReturnValue:
    """See which roles one has wished for."""
    visit, registration = _visit(token)
    return _wishes_page(visit, registration)


@bp.post("/<lang>/registrations/<token>/wishes")
@public
def save_wishes(token: str) -> ResponseReturnValue:
    """Say which roles one would like, and which not."""
    visit, registration = _visit(token)
    form = wishes_form(shown_play_of(visit.view), person_of(registration))
    if form.validate():
        with form.refusals():
            services.set_wishes(registration.id, form.read())
            flash(_("Your wishes are saved."), "ok")
            return redirect(url_for("registrations.mine", token=token), 303)
    return _wishes_page(visit, registration, form), 422


def _wishes_page(visit: OwnVisit, registration: Registration, form: WishesForm | None = None) -> str:
    play = shown_play_of(visit.view)
    return render_template(
        "roleplays/wishes.html",
        form=form or wishes_form(play, person_of(registration)),
        is_closed=stage_of(visit.view).is_approved,
        **_about(visit),
    )


@bp.get("/<lang>/registrations/<token>/group")
@public
def group(token: str) -> ResponseReturnValue:
    """See one's group; its leader sees who has joined."""
    visit, registration = _visit(token)
    return _group_page(visit, registration)


@bp.post("/<lang>/registrations/<token>/group")
@public
def change_group(token: str) -> ResponseReturnValue:
    """Make a group, join one, leave it, or say that it is complete."""
    visit, registration = _visit(token)
    make, join = GroupForm(), JoinForm()
    action = request.form.get("action", "")
    form: Any = {"make": make, "join": join}.get(action)
    if form is not None and not form.validate():
        return _group_page(visit, registration, make, join), 422
    try:
        _change_group(registration.id, action, make, join)
    except Refused as refused:
        if form is None:
            flash(say(refused), "error")
        else:
            form.refuse(refused)
            return _group_page(visit, registration, make, join), 422
    return redirect(url_for(".group", token=token), 303)


def _change_group(registration_id: int, action: str, make: GroupForm, join: JoinForm) -> None:
    if action == "make":
        services.make_group(registration_id, str(make.name.data), plays=bool(make.plays.data))
    elif action == "join":
        services.join_group(registration_id, str(join.code.data))
        flash(_("You belong to the group now."), "ok")
    elif action == "leave":
        services.leave_group(registration_id)
        flash(_("You do not belong to a group any more."), "ok")
    elif action in ("complete", "open"):
        services.set_complete(registration_id, is_complete=action == "complete")
    elif action in ("play", "accompany"):
        known = group_of(registration_id)
        complete = known is not None and known.is_complete
        services.set_complete(registration_id, is_complete=complete, plays=action == "play")


def _group_page(
    visit: OwnVisit, registration: Registration, make: GroupForm | None = None, join: JoinForm | None = None
) -> str:
    known = group_of(registration.id)
    leads = known is not None and known.leader_id == registration.id
    player = db.session.get(Player, registration.id)
    members = members_of(known.id) if known is not None and leads else []
    blank = request.method == "GET"
    return render_template(
        "roleplays/group.html",
        make=GroupForm(formdata=None) if blank or make is None else make,
        join=JoinForm(formdata=None) if blank or join is None else join,
        wrong=next((form for form in (make, join) if form is not None and form.errors), None),
        name=known.name if known else "",
        leads=leads,
        code=known.code if known is not None and leads else "",
        is_complete=known is not None and known.is_complete,
        plays=player is None or player.plays,
        members=[
            (short_name(row.name or "") or "–", row.status is Status.CONFIRMED, row.id == registration.id)
            for row, _player in members
        ],
        is_closed=stage_of(visit.view).is_approved,
        **_about(visit),
    )


@bp.get("/<lang>/registrations/<token>/age")
@public
def age(token: str) -> ResponseReturnValue:
    """See what is said of one's age, and whether a guardian has agreed."""
    visit, registration = _visit(token)
    return _age_page(visit, registration)


@bp.post("/<lang>/registrations/<token>/age")
@public
def say_age(token: str) -> ResponseReturnValue:
    """Say whether one is under 18, or let the guardian who sits beside agree."""
    visit, registration = _visit(token)
    form: Any
    if request.form.get("action") == "agree":
        form = GuardianForm()
        if form.validate():
            with form.refusals():
                services.agree(registration.id, str(form.guardian.data))
                flash(_("Thank you. The guardian's yes is saved."), "ok")
                return redirect(url_for("registrations.mine", token=token), 303)
        return _age_page(visit, registration, agreement=form), 422
    form = AgeForm()
    if form.validate():
        with form.refusals():
            services.set_age(registration.id, is_minor=form.age.data == "minor")
            where = ".age" if form.age.data == "minor" else "registrations.mine"
            return redirect(url_for(where, token=token), 303)
    return _age_page(visit, registration, form), 422


def _age_page(
    visit: OwnVisit, registration: Registration, form: AgeForm | None = None, agreement: GuardianForm | None = None
) -> str:
    if not asks_age(visit.view):
        raise NotFound("age")
    player = db.session.get(Player, registration.id)
    said = {True: "minor", False: "adult", None: ""}[player.is_minor if player else None]
    is_minor = said == "minor"
    return render_template(
        "roleplays/age.html",
        form=form or AgeForm(formdata=None, age=said),
        agreement=(agreement or GuardianForm(formdata=None)) if is_minor else None,
        wrong=next((one for one in (form, agreement) if one is not None and one.errors), None),
        has_agreed=player is not None and player.agreed_at is not None,
        guardian_url=address("roleplays.guardian", token=link_token(player.row_id, GUARDIAN))
        if player is not None and is_minor
        else "",
        **_about(visit),
    )


@bp.get("/<lang>/registrations/<token>/role")
@public
def role(token: str) -> ResponseReturnValue:
    """Read one's role card, and why it is this role."""
    visit, registration = _visit(token)
    seats, record = seats_held_by(registration.id), get_record(registration.event_id)
    refusal = refusal_of(registration, record, visit.now) if seats else "no_role"
    if refusal:
        place = f"role:{seats[0].role}" if seats else ""
        services.note_look(record.id, place, "attendee", refusal)
    stage, play = stage_of(record), play_of(record)
    hides_role = refusal in ("no_role", "no_consent", "withdrawn")
    return render_template(
        "roleplays/role.html",
        cards=[] if refusal else cards_for(record, seats),
        reasons=[] if hides_role else _reasons(registration.id, stage.approved_run_id, play),
        refusal=_(WHY_REFUSED[refusal]) if refusal else "",
        why=refusal,
        releases_at=stage.releases_at if refusal == "too_early" else None,
        opt_out=play.opt_out,
        **_about(visit),
    ), (200 if not refusal or refusal == "too_early" else 404)


def _reasons(registration_id: int, run_id: int | None, play: Any) -> list[str]:
    """Why somebody has the role that they hold, as long as it is the one that the allocation gave."""
    held = {(seat.no, seat.role) for seat in seats_held_by(registration_id)}
    if run_id is None:
        return []
    told: list[str] = []
    wished = bool(person_of(db.session.get_one(Registration, registration_id)).wishes)
    for no, key in sorted(held):
        row = db.session.get(RunSeat, (run_id, registration_id, no))
        if row is None or row.role != key:
            sentences = [_("The organizers placed you by hand.")]
        else:
            sentences = told_result(play, row.rank, row.missed, had_wishes=wished)
        told += [one for one in sentences if one not in told]
    return told


@bp.get("/<lang>/registrations/<token>/debriefing")
@public
def debriefing(token: str) -> ResponseReturnValue:
    """See the debriefing form."""
    visit, registration = _visit(token)
    return _debriefing_page(visit, registration)


@bp.post("/<lang>/registrations/<token>/debriefing")
@public
def send_debriefing(token: str) -> ResponseReturnValue:
    """Send the debriefing form; what is in it is kept without a way back to whoever sent it."""
    visit, registration = _visit(token)
    form = debriefing_form(play_of(get_record(registration.event_id)).debriefing)
    if form.validate():
        with form.refusals():
            services.answer(registration.event_id, form.read(), registration_id=registration.id)
            flash(_("Thank you. Nobody can see that it was you who wrote this."), "ok")
            return redirect(url_for("registrations.mine", token=token), 303)
    return _debriefing_page(visit, registration, form), 422


def _debriefing_page(visit: OwnVisit, registration: Registration, form: Any = None) -> str:
    record = get_record(registration.event_id)
    if not is_open(record) or not visit.is_confirmed:
        raise NotFound("debriefing")
    player = db.session.get(Player, registration.id)
    return render_template(
        "roleplays/debriefing.html",
        form=form or debriefing_form(play_of(record).debriefing),
        is_sent=player is not None and player.has_debriefed,
        action=url_for(".send_debriefing", token=visit.token),
        **_about(visit),
    )


def _visit(token: str) -> tuple[OwnVisit, Registration]:
    """Return whose page it is, where the event is a game that they may see. Raises NotFound."""
    visit = visit_of(token)
    if not is_game(visit.view) or not shown_play_of(visit.view).roles:
        raise NotFound("roleplay")
    return visit, db.session.get_one(Registration, visit.registration_id)


def _about(visit: OwnVisit) -> dict[str, Any]:
    view = visit.view
    return {"view": view, "title": pick(view.title, current_language()), "token": visit.token}
