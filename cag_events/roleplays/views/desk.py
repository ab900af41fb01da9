"""The organizers' page of a game: wishes, groups, the allocation and its result, one person's place."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _

from cag_events.domain.allocation import Keep
from cag_events.domain.errors import NotFound, Refused
from cag_events.domain.event import EventView
from cag_events.domain.texts import pick
from cag_events.events.queries import get_view
from cag_events.events.tabs import tabs_of
from cag_events.permissions import Permission
from cag_events.registrations.queries import get_registration
from cag_events.roleplays import services
from cag_events.roleplays.casting import cast_of, tally, wishes_of
from cag_events.roleplays.forms import ApartForm, RunForm, place_form
from cag_events.roleplays.models import AllocationRun, RunState
from cag_events.roleplays.queries import (
    asks_age,
    debriefings_of,
    find_done,
    hands_of,
    held_seats,
    is_game,
    list_groups,
    list_runs,
    may_have_role,
    members_of,
    pairs_apart,
    people_of,
    person_of,
    play_of,
    seats_held_by,
    seats_of_run,
    stage_of,
)
from cag_events.roleplays.views.blueprint import bp
from cag_events.roleplays.wording import KEEP, RANK, STATE, game_name, role_name, told_failure, told_result
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.errors import say
from cag_events.web.language import current_language

FEWEST_SHOWN = 5  # debriefings: with fewer, somebody could be recognised


@bp.get("/<lang>/organise/events/<key>/roles")
@needs(Permission.ATTENDEES_SEE)
def roles(key: str) -> ResponseReturnValue:
    """See wishes, groups and the allocation of a game."""
    return page(_view(key))


def page(view: EventView, run_form: RunForm | None = None, apart_form: ApartForm | None = None) -> str:
    """Print the page."""
    play, stage, people = play_of(view), stage_of(view), people_of(view.id)
    runs = list_runs(view.id)
    latest = runs[0] if runs else None
    done = find_done(view.id)
    lines = _lines(view, done, is_approved=stage.is_approved)
    codes = {person.registration.id: person.registration.code for person in people}
    playing = [person for person in people if person.people]
    return render_template(
        "roleplays/roles.html",
        run_form=run_form or RunForm(formdata=None),
        apart_form=apart_form or ApartForm(formdata=None),
        wrong=next((form for form in (run_form, apart_form) if form is not None and form.errors), None),
        stage=stage,
        play=play,
        wished=wishes_of(view),
        people=sum(person.people for person in playing),
        with_wishes=sum(bool(person.wishes) for person in playing),
        lacking=[
            (person.registration.code, person.registration.name)
            for person in playing
            if not may_have_role(person.player, asks=asks_age(view))
        ],
        latest=_plain(latest) if latest else None,
        is_under_way=latest is not None and latest.state in (RunState.QUEUED, RunState.RUNNING),
        failure=told_failure(play, latest.failure, codes) if latest and latest.state is RunState.FAILED else [],
        done=_plain(done) if done else None,
        lines=lines,
        tally=tally(lines),
        runs=[_plain(run) for run in runs],
        groups=[
            (group.row_id, group.name, len(members_of(group.id)), group.is_complete, group.keep.value)
            for group in list_groups(view.id)
        ],
        keeps=[(keep.value, _(text)) for keep, text in KEEP.items()],
        apart=[(codes.get(pair.one_id, ""), codes.get(pair.other_id, "")) for pair in pairs_apart(view.id)],
        ranks={rank: _(text) for rank, text in RANK.items()},
        **about(view),
    )


def _lines(view: EventView, done: AllocationRun | None, *, is_approved: bool) -> list[Any]:
    """The cast: as it is held where it is approved, else as the last run gives it, beside what it changes."""
    if is_approved or done is None:
        return cast_of(view)
    held = held_seats(view.id)
    former = find_done(view.id, before=done.id)
    before = held or (seats_of_run(former.id) if former else [])
    return cast_of(view, seats_of_run(done.id), before)


def _plain(run: AllocationRun) -> dict[str, Any]:
    return {
        "row_id": run.row_id,
        "seed": run.seed,
        "state": run.state.value,
        "state_text": _(STATE[run.state]),
        "progress": run.progress,
        "points": run.points,
        "milliseconds": run.milliseconds,
        "asked_at": run.asked_at,
        "approved_at": run.approved_at,
    }


@bp.get("/<lang>/organise/events/<key>/roles/<code>")
@needs(Permission.ATTENDEES_SEE)
def person(key: str, code: str) -> ResponseReturnValue:
    """See what one person wishes and holds, and why."""
    return _person_page(_view(key), code)


@bp.post("/<lang>/organise/events/<key>/roles/<code>")
@needs(Permission.ATTENDEES_EDIT)
def place(key: str, code: str) -> ResponseReturnValue:
    """Place somebody by hand, or let the allocation decide again."""
    view = _view(key)
    registration = get_registration(view.id, code)
    form = place_form(play_of(view))
    if form.validate():
        with form.refusals():
            game = int(form.game.data) if form.game.data else None
            services.place(view.id, registration.id, form.role.data or "", game, by=actor())
            flash(_("Placed by hand.") if form.role.data else _("The allocation decides again."), "ok")
            return redirect(url_for(".person", key=key, code=code), 303)
    return _person_page(view, code, form), 422


def _person_page(view: EventView, code: str, form: Any = None) -> str:
    registration, play = get_registration(view.id, code), play_of(view)
    said, hand = person_of(registration), hands_of(view.id).get(registration.id)
    done = find_done(view.id)
    rows = [row for row in seats_of_run(done.id) if row.registration_id == registration.id] if done else []
    if registration.is_removed:
        raise NotFound(code)
    return render_template(
        "roleplays/person.html",
        code=registration.code,
        name=registration.name or registration.code,
        people=registration.party,
        form=form or place_form(play, hand.role if hand else "", hand.game if hand else None),
        is_by_hand=hand is not None,
        plays=said.people > 0,
        wishes=[role_name(play, wish) for wish in said.wishes],
        refused=[role_name(play, role.key) for role in play.roles if role.key in said.refused],
        levels=sorted(said.levels.items()),
        held=[(role_name(play, seat.role), game_name(play, seat.game)) for seat in seats_held_by(registration.id)],
        result=[
            (
                role_name(play, row.role),
                game_name(play, row.game),
                told_result(play, row.rank, row.missed, had_wishes=bool(said.wishes)),
            )
            for row in rows
        ],
        **about(view),
    )


@bp.post("/<lang>/organise/events/<key>/roles/groups/<row_id>")
@needs(Permission.ATTENDEES_EDIT)
def keep_group(key: str, row_id: str) -> ResponseReturnValue:
    """Say whether a group plays together or is spread."""
    view, wanted = _view(key), request.form.get("keep", "")
    if wanted in {keep.value for keep in Keep}:
        services.keep_group(view.id, row_id, Keep(wanted), by=actor())
    return redirect(url_for(".roles", key=key, _anchor="groups"), 303)


@bp.post("/<lang>/organise/events/<key>/apart")
@needs(Permission.ATTENDEES_EDIT)
def apart(key: str) -> ResponseReturnValue:
    """Keep two people apart, or let them be together again."""
    view = _view(key)
    codes = request.form.get("one", ""), request.form.get("other", "")
    if request.form.get("action") == "together":
        services.let_together(view.id, codes, by=actor())
        return redirect(url_for(".roles", key=key, _anchor="apart"), 303)
    form = ApartForm()
    if form.validate():
        with form.refusals():
            services.keep_apart(view.id, (str(form.one.data), str(form.other.data)), by=actor())
            return redirect(url_for(".roles", key=key, _anchor="apart"), 303)
    return page(view, apart_form=form), 422


@bp.get("/<lang>/organise/events/<key>/debriefing")
@needs(Permission.ATTENDEES_SEE)
def debriefings(key: str) -> ResponseReturnValue:
    """Read what was answered in the debriefing, once there are enough that nobody is recognised."""
    view = _view(key)
    forms, questions, lang = debriefings_of(view.id), play_of(view).debriefing, current_language()
    enough = len(forms) >= FEWEST_SHOWN
    found = []
    for number, question in enumerate(questions):
        said = [form[number] for form in forms if number < len(form) and form[number] is not None]
        mean = round(sum(said) / len(said), 1) if question.is_scale and said and enough else None
        found.append(
            {
                "text": pick(question.text, lang).text,
                "is_scale": question.is_scale,
                "counts": [(value, said.count(value)) for value in range(1, 6)],
                "mean": None if mean is None else format_decimal(mean),
                "said": sorted(said) if enough and not question.is_scale else [],
                "number": len(said),
            }
        )
    return render_template(
        "roleplays/debriefings.html",
        number=len(forms),
        fewest=FEWEST_SHOWN,
        questions=found if enough else [],
        has_questions=bool(questions),
        **about(view),
    )


def _view(key: str) -> EventView:
    return game_of(key)


def game_of(key: str) -> EventView:
    """Return a game as its team sees it. Raises NotFound for an event that is none."""
    view = get_view(key, actor().viewer)
    if not is_game(view):
        raise NotFound(key)
    return view


def about(view: EventView) -> dict[str, Any]:
    """Return what every page of an event in the workspace needs."""
    return {"view": view, "title": pick(view.title, current_language()), "event_tabs": tabs_of(view, actor())}


def tell(refused: Refused) -> None:
    """Show a refusal above the page that comes next."""
    flash(say(refused), "error")
