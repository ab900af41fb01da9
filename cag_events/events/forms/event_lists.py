"""What the lists of the editor's form offer."""

from typing import Any

from flask_babel import gettext
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from cag_events.domain.event import Aspect
from cag_events.events.fields import EventFields
from cag_events.events.forms import choices as words
from cag_events.events.forms.choices import Choices
from cag_events.events.forms.parts import MEMBERS
from cag_events.kinds import KINDS
from cag_events.web.choices import spoken_languages, with_own, zones
from cag_events.web.forms import prepare
from cag_events.web.templating import picked


def offer(form: Any, choices: Choices, before: EventFields | None) -> None:
    """Fill the lists with what there is to choose from, and with what the event has already."""
    had = before or EventFields(kind="")
    nothing = ("", gettext("– not chosen –"))
    form.kind.choices = _kinds(choices)
    form.place.choices = _places(choices, nothing)
    form.tz.choices = [("", gettext("The venue's")), *zones(had.tz or "")]
    form.themes.choices = [(theme.key, str(picked(theme.name))) for theme in choices.themes]
    form.segments.choices = [(key, str(picked(name))) for key, name in choices.segments]
    form.partners.choices = list(choices.partners)
    form.campaign.choices = [("", gettext("None")), *((k, str(picked(name))) for k, name in choices.campaigns)]
    form.part_of.choices = [("", gettext("No other event")), *_wholes(choices, had)]
    languages = spoken_languages(*had.languages, *(item.to for item in had.interpreting))
    form.languages.choices = languages
    form.format.choices = [("", gettext("Usual")), *with_own(words.FORMATS, had.format or "")]
    form.lead.choices = [("", gettext("Nobody yet")), *((str(k), name) for k, name in choices.accounts)]
    if had.lead and had.lead not in dict(choices.accounts):
        form.lead.choices.append((str(had.lead), gettext("Somebody who has left")))
    form.recording.choices = [nothing, *with_own(words.RECORDINGS, had.recording)]
    form.ask.choices = with_own(words.ASKS, *had.ask)
    form.food.choices = [("", gettext("None")), *with_own(words.FOODS, had.food)]
    form.photo_policy.choices = [nothing, *with_own(words.PHOTO_POLICIES, had.photo_policy)]
    for person in form.people:
        person.form.who.choices = [nothing, *choices.contacts]
        person.form.role.choices = with_own(words.ROLES, *(one.role for one in had.people))
    for item in form.interpreting:
        item.form.to.choices = [nothing, *languages]
        item.form.how.choices = with_own(words.HOWS, *(one.how for one in had.interpreting))
    for pool in form.pools:
        pool.form.segment.choices = [nothing, *form.segments.choices]
    for phase in form.phases:
        phase.form.who.choices = [nothing, (MEMBERS, gettext("Members, when signed in")), *form.segments.choices]
    names = dict(choices.contacts)
    taking_part = dict.fromkeys(
        (
            *(person.form.who.data for person in form.people if person.form.who.data),
            *(key for item in had.agenda for key in item.who),
        )
    )
    for item in form.agenda:
        item.form.who.choices = [(key, names.get(key, key)) for key in taking_part]
    for aspect in Aspect:
        circles = [(str(circle), gettext(word)) for circle, word in words.CIRCLES]
        form.level(aspect).choices = [("", gettext("As the safety level says")), *circles]
    prepare(form)


def _wholes(choices: Choices, had: EventFields) -> list[tuple[str, str]]:
    """The events that this one may be a part of, and the one that it is a part of whatever has become of that."""
    found = [(key, str(picked(title))) for key, title in choices.wholes if key != had.key]
    if had.part_of and had.part_of not in dict(found):
        found.append((had.part_of, had.part_of))
    return found


def _kinds(choices: Choices) -> list[tuple[str, str]]:
    order = [slug for slug in choices.kind_order if slug in KINDS]
    order += [slug for slug in KINDS if slug not in order]
    return [
        (slug, str(picked(choices.kind_names[slug])) if slug in choices.kind_names else gettext(KINDS[slug].label))
        for slug in order
    ]


def _places(choices: Choices, nothing: tuple[str, str]) -> list[SelectChoice]:
    """Venues and their rooms, gathered by town."""
    places = [SelectChoice(*nothing, optgroup=gettext("No venue"))]
    for venue in sorted(choices.venues, key=lambda venue: (venue.virtual, venue.city)):
        name, town = str(picked(venue.name)), gettext("Online") if venue.virtual else venue.city
        places.append(SelectChoice(venue.key, name, optgroup=town))
        for key, room, capacity in venue.rooms:
            text = gettext("%(venue)s: %(room)s, %(num)s seats", venue=name, room=room, num=capacity)
            places.append(SelectChoice(f"{venue.key}/{key}", text, optgroup=town))
    return places
