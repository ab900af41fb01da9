"""The richer entries of an event (`?profile=rich`): the same as everybody's, with speakers, place and themes as data.

All of it comes from what disclose() gave: who may not be named, and where nobody may know of, stands in no view.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID, uuid5

from markupsafe import escape

from cag_events.domain.calendar import Entry, EntryStatus
from cag_events.domain.calendar.block import degrees
from cag_events.domain.calendar.rich import Participant, Place, Rich
from cag_events.domain.event import Aspect, EventView, Mode, PersonRef, Visibility
from cag_events.domain.texts import pick
from cag_events.feeds.wording import Words, page_of
from cag_events.web import richtext

VENUES: Final = UUID("5b1c9f0e-7c0d-4f6b-9a3e-2f7a64c1d0aa")  # names venues across events
_TYPES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("speaker", "panelist", "moderator", "chair", "witness", "guest"), "SPEAKER"),
    **dict.fromkeys(("artist", "filmmaker"), "PERFORMER"),
}  # of roles; all others: ACTIVE
LONGEST_HTML: Final = 6_000  # letters; the page has the rest


def enriched(entries: Iterable[Entry], view: EventView, words: Words, *, with_text: bool = True) -> list[Entry]:
    """Return entries of an event with the richer part; `with_text=False` where their text says more than the event's.

    What is called off is left as it is: its text begins with the reason.
    """
    rich = _rich(view, words)
    found = []
    for entry in entries:
        if entry.is_cancelled:
            found.append(entry)
            continue
        html = rich.html
        if html and entry.status == EntryStatus.TENTATIVE:
            html = f"<p>{escape(words.postponed)}</p>{html}"
        found.append(replace(entry, rich=replace(rich, html=html if with_text else "")))
    return found


def richer(make: Callable[[EventView, Words], list[Entry]]) -> Callable[[EventView, Words], list[Entry]]:
    """Return what makes the entries of a view with the richer part in them."""
    return lambda view, words: enriched(make(view, words), view, words)


def _rich(view: EventView, words: Words) -> Rich:
    if view.neutral:
        return Rich()
    lang = words.lang
    themes = [f"{words.base_url}/{lang}/themes/{theme.key}" for theme in (*view.themes, *view.subtopics)]
    named = (*view.themes, *view.subtopics, *((view.campaign,) if view.campaign else ()))
    return Rich(
        html=_html(view, words),
        language=pick(view.body, lang).lang or pick(view.summary, lang).lang or None,
        participants=tuple(_participant(view, person, lang) for person in _people(view)),
        place=_place(view, words),
        pages=tuple(_pages(view, words)),
        concepts=tuple(themes),
        refids=tuple(one.key for one in named),
    )


def _pages(view: EventView, words: Words) -> Iterator[tuple[str, str, str]]:
    lang = words.lang
    if view.visibility is not Visibility.PRIVATE:
        yield "alternate", pick(view.title, lang).text or words.kinds.get(view.kind, ""), page_of(view, words)
    if whole := view.part_of:
        yield "up", pick(whole.title, lang).text, f"{words.base_url}/{lang}/events/{whole.key}"


def _people(view: EventView) -> list[PersonRef]:
    """Return who may be named, each once, in the order of the event."""
    return list({person.key: person for person in reversed(view.people)}.values())[::-1]


def _participant(view: EventView, person: PersonRef, lang: str) -> Participant:
    return Participant(
        uid=str(uuid5(UUID(view.uid), f"person-{person.key}")),
        name=person.name,
        about=pick(person.title, lang).text,
        kind=_TYPES.get(person.role, "ACTIVE"),
    )


def _place(view: EventView, words: Words) -> Place | None:
    venue, lang = view.venue, words.lang
    if venue is None or venue.virtual or view.mode is Mode.ONLINE or view.town_only or Aspect.LOCATION in view.hidden:
        return None
    parts = (
        ("streetAddress", venue.street),
        ("postalCode", venue.postcode),
        ("addressLocality", venue.city_in(lang)),
        ("addressCountry", venue.country),
    )
    name = pick(venue.name, lang).text
    has_point = venue.lat is not None and venue.lon is not None
    return Place(
        uid=str(uuid5(VENUES, venue.key)),
        name=f"{name}, {view.room.name}" if view.room and view.room.name else name,
        geo=degrees(venue.lat or 0.0, venue.lon or 0.0) if has_point else "",
        address=tuple((key, value) for key, value in parts if value),
    )


def _html(view: EventView, words: Words) -> str:
    """Return lead and text as safe HTML; nothing where there is neither."""
    lead = " ".join(pick(view.summary, words.lang).text.split())
    body = pick(view.body, words.lang).text
    if len(body) > LONGEST_HTML:
        body = body[:LONGEST_HTML].rsplit("\n", 1)[0].rsplit(" ", 1)[0] + " …"
    parts = (f"<p><strong>{escape(lead)}</strong></p>" if lead else "", str(richtext.render(body)).strip())
    return "\n".join(part for part in parts if part)
