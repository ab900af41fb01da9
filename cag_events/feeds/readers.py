"""The programme for readers (Atom, RFC 4287; JSON Feed 1.1) and for other sites, from what anybody may see."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any, Final
from xml.etree import ElementTree as ET

import msgspec

from cag_events.domain.calendar import clean_text
from cag_events.domain.disclosure import STRANGER, disclose
from cag_events.domain.event import EventView
from cag_events.domain.lifecycle import Status
from cag_events.domain.texts import Texts, pick
from cag_events.events.models import Event
from cag_events.events.queries import list_records, visible_to
from cag_events.feeds import calendars
from cag_events.feeds.calendars import KEPT, Feed
from cag_events.feeds.vocabulary import words_in
from cag_events.feeds.wording import page_of, place_of, plain
from cag_events.permissions import ANONYMOUS
from cag_events.web import dates

ATOM: Final = "application/atom+xml; charset=utf-8"
JSON: Final = "application/feed+json; charset=utf-8"
MOST_NEWS: Final = 100
_NS: Final = "http://www.w3.org/2005/Atom"


def atom(feed: Feed, day: date) -> bytes:
    """Return the events that were changed last, the newest first."""
    words, owner = words_in(feed.lang), calendars.owner_name(feed.lang)
    views = list(_views(feed, day, order_by=(Event.changed_at.desc(), Event.id.desc()), limit=MOST_NEWS))
    address = f"{words.base_url}{feed.path}?{feed.query}"
    root = ET.Element("feed", {"xmlns": _NS, "xml:lang": feed.lang})
    title = ", ".join((owner, *(item.label for item in feed.filters.active)))
    changed = max((view.changed_at for view in views), default=datetime(2000, 1, 1, tzinfo=UTC))
    for name, text in (("id", address), ("title", title), ("updated", changed.isoformat())):
        ET.SubElement(root, name).text = clean_text(text, single_line=True)
    ET.SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": address})
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": f"{words.base_url}/{feed.lang}/"})
    ET.SubElement(ET.SubElement(root, "author"), "name").text = owner
    for view in views:
        entry = ET.SubElement(root, "entry")
        named = pick(view.title, feed.lang)
        title = named.text or words.kinds.get(view.kind, "")
        parts = (_when(view, feed.lang), place_of(view, words), pick(view.summary, feed.lang).text)
        for name, text in (
            ("id", f"urn:uuid:{view.uid}"),
            ("title", title),
            ("updated", view.changed_at.isoformat()),
            ("published", (view.published_at or view.created_at).isoformat()),
            ("summary", " · ".join(part for part in parts if part)),
        ):
            ET.SubElement(entry, name).text = clean_text(text, single_line=True)
        ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": page_of(view, words)})
        for theme in (*view.themes, *view.subtopics):
            ET.SubElement(entry, "category", {"term": theme.key, "label": pick(theme.name, feed.lang).text})
    written: bytes = ET.tostring(root, encoding="utf-8")
    return written


def json(feed: Feed, day: date) -> bytes:
    """Return events by first start: the last 180 days and all to come; `_event` holds the whole event."""
    words, lang = words_in(feed.lang), feed.lang
    items = []
    for view in _views(feed, day, order_by=(Event.starts_at, Event.id), limit=calendars.MOST_ENTRIES):
        title = pick(view.title, lang).text or words.kinds.get(view.kind, "")
        page = page_of(view, words)
        items.append(
            {
                "id": f"urn:uuid:{view.uid}",
                "url": page,
                "title": clean_text(title, single_line=True),
                "summary": clean_text(pick(view.summary, lang).text),
                "content_text": plain(clean_text(pick(view.body, lang).text)),
                "date_published": view.published_at or view.created_at,
                "date_modified": view.changed_at,
                "tags": [pick(theme.name, lang).text for theme in (*view.themes, *view.subtopics)],
                "language": pick(view.title, lang).lang,
                "_event": _plain_event(view),
            }
        )
    whole = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": ", ".join((calendars.owner_name(lang), *(item.label for item in feed.filters.active))),
        "home_page_url": f"{words.base_url}/{lang}/",
        "feed_url": f"{words.base_url}{feed.path}?{feed.query}",
        "language": lang,
        "items": items,
    }
    return msgspec.json.encode(whole)


def _views(feed: Feed, day: date, *, order_by: tuple[Any, ...], limit: int) -> Iterator[EventView]:
    since = datetime.combine(day, time(), UTC) - KEPT
    records = list_records(
        visible_to(ANONYMOUS),
        Event.ends_at > since,
        *((Event.status != Status.CANCELLED,) if feed.options.without_cancelled else ()),
        *feed.filters.conditions,
        order_by=order_by,
        limit=limit,
    )
    now = datetime.combine(day, time(), UTC)  # the day decides, so that two requests are alike
    return (disclose(record, STRANGER, now) for record in records)


def _when(view: EventView, lang: str) -> str:
    if view.run_from and view.run_to:
        return dates.run(view.run_from, view.run_to, lang=lang).text
    if not view.living:
        return ""
    first = view.living[0]
    return dates.span_text(first.starts_wall, first.ends_wall, lang=lang)


def _plain_event(view: EventView) -> dict[str, Any]:
    venue = view.venue
    return {
        "key": view.key,
        "uid": view.uid,
        "kind": view.kind,
        "status": view.status.value,
        "title": _clean(view.title),
        "summary": _clean(view.summary),
        "text": {lang: plain(text) for lang, text in _clean(view.body).items()},
        "themes": [theme.key for theme in view.themes],
        "subtopics": [theme.key for theme in view.subtopics],
        "segments": [segment.key for segment in view.segments],
        "campaign": view.campaign.key if view.campaign else None,
        "languages": list(view.languages),
        "mode": view.mode.value,
        "venue": None
        if venue is None or view.neutral
        else {
            "name": _clean(venue.name),
            "street": venue.street,
            "city": venue.city,
            "country": venue.country,
            "lat": venue.lat,
            "lon": venue.lon,
        },
        "run": [view.run_from, view.run_to] if view.run_from else None,
        "occurrences": [
            {
                "uid": occurrence.uid,
                "title": _clean(occurrence.title),
                "start": occurrence.starts_wall.isoformat(timespec="minutes"),
                "end": occurrence.ends_wall.isoformat(timespec="minutes"),
                "tz": occurrence.tz,
                "start_utc": occurrence.starts_at,
                "end_utc": occurrence.ends_at,
                "is_cancelled": occurrence.is_cancelled,
            }
            for occurrence in view.occurrences
        ],
        "registration": view.registration.mode.value,
        "changed_at": view.changed_at,
    }


def _clean(texts: Texts) -> Texts:
    return {lang: clean_text(text) for lang, text in texts.items()}
