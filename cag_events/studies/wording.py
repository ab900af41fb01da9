"""Words for how a circle stands: what is reached, what is missing and for whom."""

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from cag_events.domain.errors import N_
from cag_events.domain.study_hours import Lack, Line, Meter, Rule, State, Terms
from cag_events.kinds.study_session import CIRCLE
from cag_events.studies.terms import OTHER
from cag_events.web import dates

FORM_WORDS = {CIRCLE: N_("Study circle"), OTHER: N_("Other popular education")}
RULE_WORDS = {
    Rule.MEETINGS: N_("Meetings"),
    Rule.HOURS: N_("Study hours"),
    Rule.PEOPLE: N_("People who count, the leader included"),
    Rule.MOST_PEOPLE: N_("People, at most"),
    Rule.WEEK: N_("Meetings in one week, at most"),
    Rule.YEAR: N_("Study hours in one year, at most"),
    Rule.AGE: N_("Lowest age"),
}
STATE_WORDS = {
    State.REACHED: N_("Reached"),
    State.ON_WAY: N_("Reached if all goes as planned"),
    State.SHORT: N_("Not reached as planned"),
}

AT_MOST = frozenset({Rule.MOST_PEOPLE, Rule.WEEK, Rule.YEAR})
LIMIT_WORDS = {State.REACHED: N_("Within the limit"), State.ON_WAY: N_("Within the limit"), State.SHORT: N_("Too many")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A line of the meter in words: what there is, what is planned, what is asked, and exactly what is missing."""

    rule: Rule
    label: str
    have: int
    planned: int
    asked: int
    state: State
    state_text: str
    missing: tuple[str, ...]


def say_meter(meter: Meter, terms: Terms) -> list[Said]:
    """Return every line of a meter in words."""
    said = []
    for line in meter.actual.lines:
        planned = meter.planned.line(line.rule) or line
        state = meter.state_of(line.rule)
        said.append(
            Said(
                rule=line.rule,
                label=_(RULE_WORDS[line.rule]),
                have=line.have,
                planned=planned.have,
                asked=line.asked,
                state=state,
                state_text=_((LIMIT_WORDS if line.rule in AT_MOST else STATE_WORDS)[state]),
                missing=tuple(_missing(planned if state is State.SHORT else line, terms)),
            )
        )
    return said


def say_short(meter: Meter, terms: Terms) -> str:
    """Return what will be missing at the end, in one sentence; empty if nothing will."""
    texts = [text for line in meter.planned.lines for text in _missing(line, terms)]
    return " ".join(f"{text}." for text in texts)


def say_lack(lack: Lack, terms: Terms) -> str:
    """Return what somebody must still come to in order to count."""
    parts = []
    if lack.meetings:
        text = ngettext("%(num)s more meeting", "%(num)s more meetings", lack.meetings)
        if lack.first:
            text = _("%(meetings)s, one of them among the first %(first)s", meetings=text, first=terms.among_first)
        parts.append(text)
    elif lack.first:
        parts.append(_("1 of the first %(first)s meetings", first=terms.among_first))
    if lack.hours:
        parts.append(ngettext("%(num)s more study hour", "%(num)s more study hours", lack.hours))
    return dates.listing(parts)


def _missing(line: Line, terms: Terms) -> list[str]:
    number = line.missing
    if not number:
        return []
    if line.rule is Rule.PEOPLE:
        return _people(line, terms)
    if line.rule is Rule.MEETINGS:
        return [ngettext("%(num)s meeting is missing", "%(num)s meetings are missing", number)]
    if line.rule is Rule.HOURS:
        return [ngettext("%(num)s study hour is missing", "%(num)s study hours are missing", number)]
    if line.rule is Rule.MOST_PEOPLE:
        return [ngettext("%(num)s person too many", "%(num)s people too many", number)]
    if line.rule is Rule.WEEK:
        return [ngettext("%(num)s meeting too many in one week", "%(num)s meetings too many in one week", number)]
    if line.rule is Rule.YEAR:
        return [ngettext("%(num)s study hour too many in one year", "%(num)s study hours too many in one year", number)]
    return [ngettext("The lowest age is %(num)s year too low", "The lowest age is %(num)s years too low", number)]


def _people(line: Line, terms: Terms) -> list[str]:
    texts = [
        ngettext(
            "%(num)s person more must come to %(what)s",
            "%(num)s people more must come to %(what)s",
            people,
            what=say_lack(lack, terms),
        )
        for lack, people in line.lacks
    ]
    strangers = line.missing - sum(people for _lack, people in line.lacks)
    if strangers:
        texts.append(ngettext("%(num)s person more must join", "%(num)s people more must join", strangers))
    return texts
