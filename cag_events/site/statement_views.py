"""What this installation promises, and what it really does: privacy and accessibility."""

from importlib.metadata import version
from typing import NamedTuple

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.domain.event import Safety
from cag_events.domain.retention import (
    MAIL_DAYS,
    POSTPONED_DAYS,
    QUEUE_DAYS,
    REGISTRATION_DAYS,
    SENSITIVE_DAYS,
    VISITOR_LIST_DAYS,
)
from cag_events.site.blueprint import bp
from cag_events.site.share import share
from cag_events.web.access import public
from cag_events.web.settings import settings


class Days(NamedTuple):
    """For how many days after an event, or after a mail, something is kept."""

    open: int
    guarded: int
    sensitive: int
    queue: int
    visitor_list: int
    postponed: int
    mail: int


@bp.get("/<lang>/privacy")
@public
def privacy() -> ResponseReturnValue:
    """Read what becomes of what one tells us."""
    return render_template(
        "site/privacy.html",
        days=Days(
            open=REGISTRATION_DAYS[Safety.OPEN],
            guarded=REGISTRATION_DAYS[Safety.GUARDED],
            sensitive=SENSITIVE_DAYS,
            queue=QUEUE_DAYS,
            visitor_list=VISITOR_LIST_DAYS,
            postponed=POSTPONED_DAYS,
            mail=MAIL_DAYS,
        ),
        mails_are_sent=bool(settings().smtp_url),
        is_local=settings().is_local,
        share=share(_("Privacy"), _("What becomes of what you tell us."), url_for("site.privacy")),
    )


@bp.get("/<lang>/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """Read what holds for accessibility, and whom to tell."""
    return render_template(
        "site/accessibility.html",
        version=version("cag_events"),
        share=share(_("Accessibility"), _("What holds for accessibility."), url_for("site.accessibility")),
    )
