"""Our own words in calendar entries, per language; kinds by the organisation's own words for them."""

from sqlalchemy import select

from cag_events.db import db
from cag_events.domain.texts import pick
from cag_events.events.models import KindWords
from cag_events.feeds.offered import day_zone
from cag_events.feeds.wording import Words
from cag_events.kinds import KINDS
from cag_events.web.language import in_language
from cag_events.web.settings import base_url


def words_in(lang: str) -> Words:
    """Return the words of a language; asks the database for the organisation's words for kinds."""
    from flask_babel import gettext as _  # noqa: PLC0415 (Babel is loaded when a word is needed)

    with in_language(lang):
        own = {row.key: row.name for row in db.session.execute(select(KindWords.key, KindWords.name))}
        kinds = {slug: pick(own[slug], lang).text if slug in own else _(kind.label) for slug, kind in KINDS.items()}
        return Words(
            lang=lang,
            base_url=base_url(),
            home_tz=day_zone(),
            kinds=kinds,
            numbered=_("%(title)s (%(num)s of %(all)s)"),
            online=_("Online"),
            hybrid=_("Also online"),
            postponed=_("Postponed: a new date will come. The date here is the old one."),
            cancelled=_("Cancelled."),
            withdrawn=_("Event withdrawn"),
            opening_hours=_("Open"),
            other_hours=_("Other hours"),
            closed=_("Closed"),
            opened=_("Open: %(title)s"),
            on_the_page=_("The details are on your page. You have its link by mail."),
            join=_("Join"),
            reminder=_("Reminder"),
            from_then=_("from %(time)s"),
            statuses={
                "pending": _("You have asked for a seat and will get an answer."),
                "waitlisted": _("You are on the waiting list."),
                "offered": _("You are offered a seat. Answer on your page."),
            },
        )
