"""Keys of events: readable ones made from the title, random ones where the title must not be guessed."""

import re
import secrets
import unicodedata

from sqlalchemy import select

from cag_events.db import db
from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import Visibility
from cag_events.domain.texts import Texts, pick
from cag_events.events.models import Event, EventOldKey

KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST = 80
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_CYRILLIC = {
    **dict(zip("абвгдезийклмнопрстуфхыэ", "abvgdeziyklmnoprstufhye", strict=True)),
    "ж": "zh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "",
    "ь": "",
    "ю": "yu",
    "я": "ya",
    "ё": "yo",
    "ң": "ng",
    "ө": "o",
    "ү": "u",
    "ұ": "u",
    "һ": "h",
    "қ": "q",
    "ғ": "gh",
    "ә": "a",
    "і": "i",
    "ҷ": "j",
    "ҳ": "h",
    "ӣ": "i",
    "ӯ": "u",
    "ў": "o",
}


def slug_of(title: str) -> str:
    """Return a title as lower-case words of an address: å → a, Cyrillic as Latin letters; empty if nothing is left."""
    spelled = "".join(_CYRILLIC.get(letter, letter) for letter in title.lower())
    plain = unicodedata.normalize("NFKD", spelled.replace("ß", "ss").replace("ø", "o").replace("æ", "ae"))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = re.findall(r"[a-z0-9]+", re.sub(r"['’‘ʻʼ`]", "", letters))
    slug = ""
    for word in words:
        longer = f"{slug}-{word}" if slug else word[:LONGEST]
        if len(longer) > LONGEST:
            break
        slug = longer
    return slug


def random_key() -> str:
    """Return a key that nobody can guess: 80 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(16))


def free_key(title: Texts, visibility: Visibility) -> str:
    """Return a key for a new event: random unless it is public, else from the title and not taken, now or before."""
    slug = slug_of(pick(title, "sv").text) if visibility is Visibility.PUBLIC else ""
    if not slug:
        return random_key()
    taken = set(db.session.scalars(select(Event.key).where(Event.key.startswith(slug, autoescape=True))))
    taken |= set(db.session.scalars(select(EventOldKey.key).where(EventOldKey.key.startswith(slug, autoescape=True))))
    if slug not in taken:
        return slug
    return next(key for number in range(2, len(taken) + 3) if (key := f"{slug}-{number}") not in taken)


def require_free(key: str, *, event_id: int) -> None:
    """Raise Refused event.key for what cannot be a key, event.key_taken for one that another event has or had."""
    if not KEY.fullmatch(key) or len(key) > 100:
        raise Refused("event.key", N_("Use small letters a–z, digits and hyphens in the address."), field="key")
    holder = db.session.scalar(select(Event.id).where(Event.key == key))
    former = db.session.scalar(select(EventOldKey.event_id).where(EventOldKey.key == key))
    if any(owner not in (None, event_id) for owner in (holder, former)):
        raise Refused("event.key_taken", N_("Another event has this address. Choose another."), field="key")
