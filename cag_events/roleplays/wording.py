"""Words of the room: why somebody got which role, what contradicts an allocation, why a look was refused."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext

from cag_events.domain.allocation import Keep, Why
from cag_events.domain.errors import N_
from cag_events.domain.texts import pick
from cag_events.kinds.roleplay import Play
from cag_events.roleplays.models import RunState
from cag_events.roleplays.queries import party_of, role_of
from cag_events.web import dates
from cag_events.web.language import current_language


def _(text: str, **facts: Any) -> str:
    return str(gettext(text, **facts))


KEEP = {
    Keep.ANY: N_("wherever they fit"),
    Keep.TOGETHER: N_("together in one game"),
    Keep.SPREAD: N_("spread over the games"),
}
STATE = {
    RunState.QUEUED: N_("Waiting"),
    RunState.RUNNING: N_("Under way"),
    RunState.DONE: N_("Done"),
    RunState.FAILED: N_("No result"),
}
RANK = {1: N_("First wish"), 2: N_("Second wish"), 3: N_("Third wish")}
GOT = {
    1: N_("You got your first wish."),
    2: N_("You got your second wish."),
    3: N_("You got your third wish."),
}
WISHED = {
    1: N_("Your first wish was %(role)s. It has %(seats)s seats, and %(wished)s people had it as their first wish."),
    2: N_(
        "Your second wish was %(role)s. It has %(seats)s seats, and %(wished)s people had it as their first or second."
    ),
    3: N_("Your third wish was %(role)s. It has %(seats)s seats, and %(wished)s people wished for it."),
}
WHO = {
    "link": N_("somebody with an old link"),
    "attendee": N_("somebody who is registered"),
    "account": N_("somebody who is signed in"),
}
WHY_REFUSED = {
    "moved": N_("the role has moved to somebody else"),
    "withdrawn": N_("they do not come any more"),
    "too_early": N_("the briefs are not released yet"),
    "no_role": N_("they have no role"),
    "no_consent": N_("the guardian has not agreed, or they have not said their age"),
    "not_facilitator": N_("they are no game master of this event"),
}


def role_name(play: Play, key: str) -> str:
    """Return a role's name in the present language, or its key where there is no such role any more."""
    role = role_of(play, key)
    return pick(role.name, current_language()).text or key if role else key


def party_name(play: Play, key: str) -> str:
    """Return the name of the party that plays a role; empty where there is none."""
    party = party_of(play, role_of(play, key))
    return pick(party.name, current_language()).text if party else ""


def place_name(play: Play, place: str) -> str:
    """Return the name of what a brief is of."""
    sort, _sep, key = place.partition(":")
    if sort == "party":
        party = next((one for one in play.parties if one.key == key), None)
        return pick(party.name, current_language()).text or key if party else key
    return role_name(play, key) if key else ""


def told_result(play: Play, rank: int | None, missed: Sequence[Mapping[str, Any]], *, had_wishes: bool) -> list[str]:
    """Return why somebody got their role, in sentences: what was counted, and nobody's name."""
    if rank is not None:
        told = [_(GOT[rank])]
    elif had_wishes:
        told = [_("None of your wishes could be met.")]
    else:
        told = [_("You had no wishes, so you got a role that was free.")]
    return [*told, *(_told_missed(play, one) for one in missed)]


def _told_missed(play: Play, missed: Mapping[str, Any]) -> str:
    name, why = role_name(play, missed["role"]), Why(missed["why"])
    if why is Why.LEVEL:
        role = role_of(play, missed["role"])
        language = dates.language_name(role.language) if role else ""
        return _(
            "%(role)s needs at least %(level)s in %(language)s, and you said less.",
            role=name,
            level=role.level if role else "",
            language=language,
        )
    if why is Why.HAND:
        return _("You wished for %(role)s; the organizers placed you by hand.", role=name)
    text = WISHED[missed["rank"]]
    counted = _(text, role=name, seats=missed["seats"], wished=missed["wished"])
    if why is Why.FULL:
        return counted
    more = _(
        "There was room left, but how many people each role needs, groups and what is kept apart made this the best "
        "result for everybody together."
    )
    return f"{counted} {more}"


def told_failure(play: Play, failure: Sequence[Mapping[str, Any]], codes: Mapping[int, str]) -> list[str]:
    """Return what contradicts, in sentences; `codes`: references of registrations."""
    return [_told_contradiction(play, one, codes) for one in failure]


def _told_contradiction(play: Play, one: Mapping[str, Any], codes: Mapping[int, str]) -> str:
    rule, needed, there = one["rule"], one.get("needed", 0), one.get("there", 0)
    role = role_name(play, one["role"]) if one.get("role") else ""
    who = codes.get(one.get("player") or 0, "?")
    if rule == "refused" and role:
        return _(
            "%(role)s needs %(needed)s people, and only %(there)s could hold it: the others do not want it, know its "
            "language too little or are placed elsewhere by hand.",
            role=role,
            needed=needed,
            there=there,
        )
    if rule == "refused" and one.get("player"):
        return _("%(code)s can hold no role at all: none is left that they want and know the language for.", code=who)
    if rule == "hand" and one.get("player"):
        return _("%(code)s is placed by hand as %(role)s, which they do not want or cannot hold.", code=who, role=role)
    if rule == "hand" and role:
        return _("%(needed)s people are placed by hand as %(role)s, which has %(there)s seats.", **_numbers(one, role))
    if rule == "seats":
        return _("%(needed)s people are to play, and the roles have %(there)s seats.", needed=needed, there=there)
    if rule == "fewest" and needed:
        return _("The roles need at least %(needed)s people, and %(there)s are there.", needed=needed, there=there)
    if rule == "together" and needed:
        return _("A group of %(needed)s is to stay in one game, which has %(there)s seats.", needed=needed, there=there)
    return _(FAMILIES.get(rule, FAMILIES["fault"]))


def _numbers(one: Mapping[str, Any], role: str) -> dict[str, Any]:
    return {"needed": one["needed"], "there": one["there"], "role": role}


FAMILIES = {
    "fewest": N_("Too many people are needed in roles: fewer must-be-held roles would make it possible."),
    "refused": N_("Too many people do not want the same roles."),
    "level": N_("Too few people know the language of some role well enough."),
    "hand": N_("Those placed by hand make it impossible: let one of them be placed freely."),
    "party": N_("People who registered together cannot all stay in one game."),
    "together": N_("The groups that stay together do not fit into the games."),
    "spread": N_("The groups cannot be spread evenly over the games."),
    "roles_apart": N_("Roles that are not for people of one group make it impossible."),
    "people_apart": N_("People who are kept apart make it impossible."),
    "time": N_("It took too long. Try another seed, or fewer rules."),
    "fault": N_("Something went wrong with us. Try once more."),
}


def game_name(play: Play, game: int) -> str:
    """Return the name of a game where several are played, else nothing."""
    return _("Game %(num)s", num=game + 1) if play.groups > 1 else ""
