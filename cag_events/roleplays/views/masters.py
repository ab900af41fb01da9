"""What game masters alone see: briefs, the cast, the timetable, refused looks; by their account or by a link."""

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.domain import when
from cag_events.domain.errors import NotAllowed, NotFound
from cag_events.domain.event import EventRecord, EventView
from cag_events.domain.texts import pick
from cag_events.events.queries import get_record_of, get_view
from cag_events.events.services.passes import holder_of
from cag_events.events.tabs import EventTabs
from cag_events.permissions import Permission, may
from cag_events.roleplays import services
from cag_events.roleplays.casting import by_role, cast_of
from cag_events.roleplays.codes import DEBRIEFING, link_token
from cag_events.roleplays.forms import FacilitatorForm, ReleaseForm, briefs_form, read_briefs
from cag_events.roleplays.queries import (
    briefs_of,
    is_facilitator,
    is_game,
    list_facilitators,
    list_looks,
    places_with_briefs,
    play_of,
    stage_of,
)
from cag_events.roleplays.views.blueprint import bp
from cag_events.roleplays.views.desk import about, game_of
from cag_events.roleplays.wording import WHO, WHY_REFUSED, party_name, place_name, role_name
from cag_events.web.access import needs, public, signed_in
from cag_events.web.actor import actor
from cag_events.web.dates import clock_text
from cag_events.web.language import current_language, languages
from cag_events.web.mailing import address

PURPOSE = "facilitator"


@bp.get("/<lang>/organise/events/<key>/facilitators")
@needs(Permission.EVENT_PUBLISH)
def facilitators(key: str) -> ResponseReturnValue:
    """See who leads the game, and who wanted to read a brief and was refused."""
    return _facilitators_page(game_of(key))


@bp.post("/<lang>/organise/events/<key>/facilitators")
@needs(Permission.EVENT_PUBLISH)
def change_facilitators(key: str) -> ResponseReturnValue:
    """Name a game master, or let one be one no more."""
    view = game_of(key)
    if row_id := request.form.get("remove", ""):
        services.remove_facilitator(view.id, row_id, by=actor())
        return redirect(url_for(".facilitators", key=key), 303)
    form = FacilitatorForm()
    if form.validate():
        with form.refusals():
            services.add_facilitator(view.id, str(form.email.data), by=actor())
            return redirect(url_for(".facilitators", key=key), 303)
    return _facilitators_page(view, form), 422


def _facilitators_page(view: EventView, form: FacilitatorForm | None = None) -> str:
    who = actor()
    leads = is_facilitator(view.id, who.account_id)
    return render_template(
        "roleplays/facilitators.html",
        form=form or FacilitatorForm(formdata=None),
        masters=list_facilitators(view.id),
        leads=leads,
        looks=_looks(view) if leads or may(who, Permission.LOG_SEE) else None,
        missing=_missing(view),
        **about(view),
    )


def _looks(record: EventRecord) -> list[dict[str, Any]]:
    play = play_of(record)
    return [
        {"at": look.at, "place": place_name(play, look.place), "who": _(WHO[look.who]), "why": _(WHY_REFUSED[look.why])}
        for look in list_looks(record.id)
    ]


def _missing(record: EventRecord) -> list[str]:
    play, there = play_of(record), places_with_briefs(record.id)
    return [role_name(play, role.key) for role in play.roles if f"role:{role.key}" not in there]


@bp.get("/<lang>/organise/events/<key>/briefs")
@signed_in
def briefs(key: str) -> ResponseReturnValue:
    """Read and write the briefs: for this game's masters alone."""
    return _briefs_page(_led(key))


@bp.post("/<lang>/organise/events/<key>/briefs")
@signed_in
def save_briefs(key: str) -> ResponseReturnValue:
    """Store the briefs, or say from when they can be read."""
    record = _led(key)
    if request.form.get("action") == "release":
        release = ReleaseForm()
        if release.validate():
            with release.refusals():
                at = release.read()
                services.set_release(record.id, when.instant(at, record.tz) if at else None, by=actor())
                flash(_("The hour is saved."), "ok")
                return redirect(url_for(".briefs", key=key), 303)
        return _briefs_page(record, release=release), 422
    form, rows = briefs_form(play_of(record), briefs_of(record.id), list(languages()))
    if form.validate():
        with form.refusals():
            services.write_briefs(record.id, read_briefs(form, rows), by=actor())
            flash(_("The briefs are saved."), "ok")
            return redirect(url_for(".briefs", key=key), 303)
    return _briefs_page(record, form, rows), 422


def _briefs_page(
    record: EventRecord, form: Any = None, rows: list[Any] | None = None, release: ReleaseForm | None = None
) -> str:
    play, stage = play_of(record), stage_of(record)
    if form is None or rows is None:
        form, rows = briefs_form(play, briefs_of(record.id), list(languages()))
    at = when.wall_of(stage.releases_at, record.tz) if stage.releases_at else None
    return render_template(
        "roleplays/briefs.html",
        form=form,
        rows=[(place, place_name(play, place), fields) for place, fields in rows],
        release=release or ReleaseForm(formdata=None, at=at),
        stage=stage,
        **about(get_view(record.key, actor().viewer)) if may(actor(), Permission.EVENT_SEE) else _bare(record),
    )


@bp.get("/<lang>/organise/events/<key>/role-cards")
@signed_in
def cards(key: str) -> ResponseReturnValue:
    """Print the role cards: for this game's masters alone."""
    record = _led(key)
    return _cards_page(record, (url_for(".briefs", key=key), _("Briefs")))


@bp.get("/<lang>/organise/events/<key>/cast")
@signed_in
def cast(key: str) -> ResponseReturnValue:
    """Print who plays what, the timetable and the name signs: for organizers and this game's masters."""
    record, who = get_record_of(key), actor()
    if not is_game(record) or not (is_facilitator(record.id, who.account_id) or may(who, Permission.ATTENDEES_SEE)):
        raise NotFound(key)
    back = (url_for(".roles", key=key), _("Roles")) if may(who, Permission.ATTENDEES_SEE) else None
    return _cast_page(record, back)


@bp.get("/<lang>/game-masters/<token>")
@public
def masters(token: str) -> ResponseReturnValue:
    """See all that a game master needs on the day, by a link."""
    record = holder_of(token, PURPOSE).record
    play = play_of(record)
    return render_template(
        "roleplays/masters.html",
        play=play,
        timetable=timetable_of(record),
        briefs=_told_briefs(record),
        games=by_role(cast_of(record)),
        looks=_looks(record),
        stage=stage_of(record),
        debriefing_url=address("roleplays.debrief", token=_debriefing_token(record)) if play.debriefing else "",
        debriefing_code=_code_of(address("roleplays.debrief", token=_debriefing_token(record))),
        token=token,
        **_bare(record),
    )


@bp.get("/<lang>/game-masters/<token>/cards")
@public
def masters_cards(token: str) -> ResponseReturnValue:
    """Print the role cards, by a game master's link."""
    return _cards_page(holder_of(token, PURPOSE).record, (url_for(".masters", token=token), _("Game masters")))


@bp.get("/<lang>/game-masters/<token>/cast")
@public
def masters_cast(token: str) -> ResponseReturnValue:
    """Print who plays what, by a game master's link."""
    return _cast_page(holder_of(token, PURPOSE).record, (url_for(".masters", token=token), _("Game masters")))


def timetable_of(record: EventRecord) -> list[tuple[str, str, int]]:
    """Return the rounds of the day: when each begins and ends, what it is, how many minutes."""
    lang = current_language()
    rounds: list[tuple[str, str, int]] = []
    parts = [(one.starts_wall, one.ends_wall) for one in record.occurrences]
    begins, ends = parts.pop(0) if parts else (None, None)
    for item in record.agenda:
        if begins is not None and ends is not None and begins >= ends and parts:
            begins, ends = parts.pop(0)
        then = begins + timedelta(minutes=item.minutes) if begins is not None else None
        span = f"{clock_text(begins)}–{clock_text(then)}" if begins is not None and then is not None else ""
        rounds.append((span, pick(item.title, lang).text, item.minutes))
        begins = then
    return rounds


def _cards_page(record: EventRecord, back: tuple[str, str]) -> str:
    play = play_of(record)
    return render_template(
        "roleplays/cards_print.html",
        back=back,
        briefs=_told_briefs(record),
        opt_out=play.opt_out,
        scenario=play.scenario,
        **_bare(record),
    )


def _cast_page(record: EventRecord, back: tuple[str, str] | None) -> str:
    lines = cast_of(record)
    return render_template(
        "roleplays/cast_print.html",
        back=back,
        games=by_role(lines),
        signs=[line for line in lines if line.role_key],
        timetable=timetable_of(record),
        **_bare(record),
    )


def _told_briefs(record: EventRecord) -> list[dict[str, Any]]:
    play, written = play_of(record), briefs_of(record.id)
    return [
        {
            "key": role.key,
            "role": role_name(play, role.key),
            "party": party_name(play, role.key),
            "brief": written.get(f"role:{role.key}", {}),
            "party_brief": written.get(f"party:{role.party}", {}),
        }
        for role in play.roles
    ]


def _led(key: str) -> EventRecord:
    """Return a game that the actor leads. A look by anybody else is noted and refused; who may not know of it: 404."""
    record, who = get_record_of(key), actor()
    if not is_game(record):
        raise NotFound(key)
    if is_facilitator(record.id, who.account_id):
        return record
    services.note_look(record.id, "", "account", "not_facilitator", who.account_id)
    get_view(key, who.viewer)  # NotFound for who may not know of it
    raise NotAllowed("roleplay.briefs")


def _bare(record: EventRecord) -> dict[str, Any]:
    return {"view": record, "title": pick(record.title, current_language()), "event_tabs": EventTabs()}


def _debriefing_token(record: EventRecord) -> str:
    return link_token(record.uid, DEBRIEFING)


def _code_of(url: str) -> str:
    import segno  # noqa: PLC0415 (only for the code)

    drawn: str = segno.make(url, error="m", micro=False).svg_data_uri(scale=5, border=2)
    return drawn
