"""Programs that fetch feeds: known by a word in User-Agent, of which nothing else is kept, and what to expect of each.

What is said of each rests on what others have published, most of it reports of those who serve feeds or read them, and
not on measurements of ours: Google (Aldaviva/GamesDoneQuickCalendarFactory#19, PixelsCamp/docs#4), Outlook
(docs.casecalendar.net/subscribing.html, also Apple, Thunderbird and Proton), Nextcloud (nextcloud/server#46171,
nextcloud/documentation#12384), ICSx5 (its own manual), cancelled entries (hackgvl/hackgreenville-com#498,
sabre-io/dav#969). Only vdirsyncer and khal run in our tests.
"""

import re
from dataclasses import dataclass
from typing import Final

from cag_events.domain.errors import N_


@dataclass(frozen=True, slots=True)
class Client:
    """A kind of program. `slug` is what is stored; `refresh` and `advice` are marked N_()."""

    slug: str
    name: str
    pattern: re.Pattern[str]
    refresh: str
    advice: str = ""


UNKNOWN: Final = ""
BROWSER: Final = "browser"


def _client(slug: str, name: str, pattern: str, refresh: str, advice: str = "") -> Client:
    return Client(slug, name, re.compile(pattern, re.IGNORECASE), refresh, advice)


_UNKNOWN_PACE: Final = N_("How often is not known to us; count on a few times a day.")

# The first whose pattern is found counts: those that call themselves something else too stand first.
CLIENTS: Final = (
    _client(
        "Google",
        "Google Calendar",
        r"Google-Calendar|Googlebot",
        N_("Once or twice a day, at times that Google chooses. Nobody can make it faster."),
        N_("What is cancelled disappears from Google Calendar. Add the feed on a computer; the phone shows it then."),
    ),
    _client(
        "Outlook",
        "Outlook, Microsoft 365",
        r"Microsoft|Outlook|MSOffice|ExchangeServicesClient|Exchange",
        N_("Every 3 to 24 hours. Outlook on a computer can do it at once: Send/Receive All Folders."),
        N_("Subscribe from the web (Add calendar, Subscribe from web), else Outlook makes a copy that never changes."),
    ),
    _client(
        "Thunderbird",
        "Thunderbird",
        r"Thunderbird|Lightning/|Betterbird",
        N_("Every 30 minutes while it is open, or as you set it in the calendar's properties."),
        N_("After a new address, add the calendar anew: Thunderbird turns one off whose address has ended."),
    ),
    _client(
        "Nextcloud",
        "Nextcloud",
        r"Nextcloud|ownCloud",
        N_("About every hour, as the feed asks; an older server may take up to a week."),
        N_("Nextcloud leaves out reminders of feeds that it subscribes to."),
    ),
    _client(
        "ICSx5",
        "ICSx5, DAVx5 (Android)",
        r"ICSx5|ICSdroid|DAVx5|DAVdroid",
        N_("As you set it in the app, from every 15 minutes to once a week."),
        N_("Let the app run in the background, or Android stops it. It can set reminders of its own."),
    ),
    _client(
        "Apple",
        "Apple Calendar",
        r"dataaccessd|CalendarAgent|CalendarUIAgent|remindd|CoreDAV|iCal/|\biOS/|\bmacOS/|Mac.OS.X/",
        N_("As you set it: from every 5 minutes to once a week. On an iPhone: Settings, Calendar, Accounts, Fetch."),
        N_("What is cancelled is struck through. Untick “Remove Alerts” if you want the feed's reminders."),
    ),
    _client(
        "vdirsyncer",
        "vdirsyncer, khal",
        r"vdirsyncer|pimsync|khal",
        N_("Whenever you run vdirsyncer sync, by hand or by a timer."),
    ),
    _client(
        "GNOME",
        "GNOME, Evolution",
        r"Evolution|gnome-calendar|\blibecal|evolution-data-server",
        N_("As you set it in the properties of the calendar."),
    ),
    _client(
        "KDE",
        "KDE (KOrganizer, Merkuro)",
        r"KOrganizer|Akonadi|Merkuro|Kalendar|\bKIO/|kioworker",
        N_("As you set it in the properties of the calendar."),
    ),
    _client(
        "Proton",
        "Proton Calendar",
        r"ProtonCalendar|Proton Calendar|Proton/",
        N_("About every 4 to 16 hours."),
    ),
    _client(
        "Fastmail",
        "Fastmail",
        r"FastMail",
        _UNKNOWN_PACE,
    ),
    _client(
        "HomeAssistant",
        "Home Assistant",
        r"HomeAssistant|Home Assistant",
        _UNKNOWN_PACE,
    ),
    _client(
        "script",
        "curl, wget",
        r"^(curl|Wget|python|Python|aiohttp|httpx|Go-http-client|okhttp|axios|node|Java|PHP|GuzzleHttp)",
        N_("Whenever somebody runs it."),
    ),
    _client(
        BROWSER,
        N_("Web browser"),
        r"Mozilla/|Opera/",
        N_("Only when somebody opens the address: a file is downloaded, which never changes by itself."),
        N_("Put the address into a calendar as a subscription instead."),
    ),
)
BY_SLUG: Final = {client.slug: client for client in CLIENTS}
BY_SLUG_OF_BEFORE: Final = {"Android": "ICSx5"}  # as they were called in rows of earlier releases
TOLD: Final = ("Google", "Outlook", "Apple", "Thunderbird", "Nextcloud", "ICSx5", "GNOME", "vdirsyncer", "Proton")


def recognise(user_agent: str) -> str:
    """Return the slug of the kind of program, UNKNOWN for any other; nothing else of the text is to be kept."""
    return next((client.slug for client in CLIENTS if client.pattern.search(user_agent[:300])), UNKNOWN)


def find_client(slug: str) -> Client | None:
    """Return a kind of program by its slug, those of earlier releases too."""
    return BY_SLUG.get(BY_SLUG_OF_BEFORE.get(slug, slug))
