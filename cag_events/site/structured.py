"""schema.org data of an event page (JSON-LD), made of the EventView alone."""

from collections.abc import Mapping
from typing import Any

from cag_events.domain.event import EventView, Mode
from cag_events.domain.lifecycle import Status
from cag_events.events.cards import Reader, city_of, title_of
from cag_events.kinds import KINDS, read_details
from cag_events.web.dates import iso_of

STATUS = {
    Status.CANCELLED: "https://schema.org/EventCancelled",
    Status.POSTPONED: "https://schema.org/EventPostponed",
}
ATTENDANCE = {
    Mode.ONSITE: "https://schema.org/OfflineEventAttendanceMode",
    Mode.ONLINE: "https://schema.org/OnlineEventAttendanceMode",
    Mode.HYBRID: "https://schema.org/MixedEventAttendanceMode",
}


def describe(view: EventView, url: str, organizer: str, reader: Reader, whole_url: str = "") -> dict[str, Any]:
    """Return an event as schema.org knows it: its own type, both places where it has two, each date of a series."""
    title = title_of(view, reader).text
    about: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": KINDS[view.kind].schema_type if view.kind in KINDS else "Event",
        "@id": url,
        "url": url,
        "name": title,
        "eventStatus": STATUS.get(view.status, "https://schema.org/EventScheduled"),
        "eventAttendanceMode": ATTENDANCE[view.mode],
        "isAccessibleForFree": True,
        "organizer": {"@type": "Organization", "name": organizer},
        **_times(view),
    }
    if summary := reader.text(view.summary).text:
        about["description"] = summary
    if view.languages:
        about["inLanguage"] = list(view.languages)
    if places := _places(view, url, reader):
        about["location"] = places[0] if len(places) == 1 else places
    if view.part_of:
        about["superEvent"] = {
            "@type": KINDS[view.part_of.kind].schema_type if view.part_of.kind in KINDS else "Event",
            "name": reader.text(view.part_of.title).text,
            "url": whole_url,
        }
    if view.people:
        about["performer"] = [{"@type": "Person", "name": person.name} for person in view.people]
    if view.partners:
        about["contributor"] = [
            {"@type": "Organization", "name": reader.text(partner.name).text} for partner in view.partners
        ]
    if view.kind in KINDS and not view.neutral:
        about |= KINDS[view.kind].structured(read_details(view.kind, view.details), reader.lang)
    if len(view.occurrences) > 1:
        about["subEvent"] = [
            {
                "@type": "Event",
                "name": reader.text(one.title).text or title,
                "startDate": iso_of(one.starts_wall, one.tz),
                "endDate": iso_of(one.ends_wall, one.tz),
                "location": about.get("location"),
                **({"eventStatus": "https://schema.org/EventCancelled"} if one.is_cancelled else {}),
            }
            for one in view.occurrences
        ]
    return about


def _times(view: EventView) -> Mapping[str, str]:
    """First start and last end; days alone for a run."""
    if view.run_from is not None and view.run_to is not None:
        return {"startDate": view.run_from.isoformat(), "endDate": view.run_to.isoformat()}
    if not view.occurrences:
        return {}
    dates = view.living
    last = max(dates, key=lambda one: one.ends_at)
    return {
        "startDate": iso_of(dates[0].starts_wall, dates[0].tz),
        "endDate": iso_of(last.ends_wall, last.tz),
    }


def _places(view: EventView, url: str, reader: Reader) -> list[dict[str, Any]]:
    """The venue, as far as it is told, and our own page for taking part online; never the room's own address."""
    places: list[dict[str, Any]] = []
    venue = view.venue
    if venue is not None and not venue.virtual and view.mode is not Mode.ONLINE:
        address = {
            "streetAddress": venue.street,
            "postalCode": venue.postcode,
            "addressLocality": city_of(venue, reader),
            "addressCountry": venue.country,
        }
        place: dict[str, Any] = {
            "@type": "Place",
            "name": reader.text(venue.name).text or city_of(venue, reader),
            "address": {"@type": "PostalAddress", **{name: value for name, value in address.items() if value}},
        }
        if venue.lat is not None and venue.lon is not None:
            place["geo"] = {"@type": "GeoCoordinates", "latitude": venue.lat, "longitude": venue.lon}
        places.append(place)
    if view.mode is not Mode.ONSITE:
        places.append({"@type": "VirtualLocation", "url": url})
    return places
