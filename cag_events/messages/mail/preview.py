"""A mail as one of its readers gets it, for organizers to look at: nobody's name, and no link that opens anything."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cag_events.db import new_row_id
from cag_events.domain.event import EventRecord, Mode
from cag_events.domain.noticing import News
from cag_events.domain.seats import Status
from cag_events.domain.texts import Texts
from cag_events.messages.mail.notices import extra_of
from cag_events.messages.mail.written import letter_written
from cag_events.messages.models import Notice
from cag_events.registrations.mail.event_letters import Told, letter_about
from cag_events.registrations.models import Registration
from cag_events.web.language import in_language
from cag_events.web.mailing import Letter

CODE = "AAAAAA"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A letter in a language, and how many read it in that one; None where they would get nothing."""

    lang: str
    readers: int
    letter: Letter | None


def previews_of(notice: Notice, record: EventRecord, languages: Mapping[str, int]) -> list[Preview]:
    """Return the letters of a notice, one for each language of those whom it reaches."""
    chosen = [one.id for one in record.occurrences]
    found = []
    for lang, readers in languages.items():
        reader = a_reader(record, lang)
        with in_language(lang):
            told = (
                letter_written(notice.subject, notice.body, reader, chosen)
                if notice.what is News.WRITTEN
                else letter_about(
                    notice.what,
                    reader,
                    chosen,
                    before=notice.known_version,
                    extra=extra_of(notice),
                )
            )
        found.append(Preview(lang=lang, readers=readers, letter=told.letter if told else None))
    return found


def previews_of_words(subject: Texts, body: Texts, record: EventRecord, languages: Mapping[str, int]) -> list[Preview]:
    """Return the letters that an organizer is writing."""
    chosen = [one.id for one in record.occurrences]
    return [
        Preview(lang=lang, readers=readers, letter=_in(lang, subject, body, record, chosen).letter)
        for lang, readers in languages.items()
    ]


def _in(lang: str, subject: Texts, body: Texts, record: EventRecord, chosen: Iterable[int]) -> Told:
    with in_language(lang):
        return letter_written(subject, body, a_reader(record, lang), list(chosen))


def a_reader(record: EventRecord, lang: str) -> Registration:
    """Return a registration that stands in no table: somebody with a seat, who reads this language."""
    return Registration(
        event_id=record.id,
        row_id=new_row_id(),
        code=CODE,
        status=Status.CONFIRMED,
        party=1,
        mode=Mode.ONLINE if record.mode is Mode.ONLINE else Mode.ONSITE,
        language=lang,
    )
