"""The mails of accounts: an invitation to choose a password, and a way to choose a new one."""

from dataclasses import replace

from flask_babel import gettext as _

from cag_events import clock
from cag_events.accounts.models import Account
from cag_events.accounts.services import make_token
from cag_events.db import db
from cag_events.outbox.messages import NewMessage, queue
from cag_events.web.language import in_language
from cag_events.web.mailing import Letter, Link, address, write
from cag_events.web.organisation import site


def invited(account_id: int) -> None:
    """Send somebody who has got an account the link to choose a password."""
    account = db.session.get(Account, account_id, populate_existing=True)
    if account is None or account.is_disabled or account.password_hash is not None:
        return
    with in_language(account.language):
        name = site().name
        letter = Letter(
            subject=_("Your account with %(organisation)s", organisation=name),
            heading=_("You have an account with %(organisation)s", organisation=name),
            greeting=_("Hello %(name)s,", name=account.name),
            paragraphs=(_("Choose a password, and you can sign in with this address: %(email)s", email=account.email),),
            action=Link(_("Choose a password"), address("accounts.reset", token=make_token(account.id, "invite"))),
            after=(_("The link works for seven days and only once. If it is too old, ask us for a new one."),),
            why=_("You get this mail because somebody at %(organisation)s made an account for you.", organisation=name),
        )
        _queue(account, letter, "account.invited", "invite")


def reset_asked(account_id: int | None) -> None:
    """Send somebody who has forgotten the password the link to choose a new one; nothing to an unknown address."""
    account = db.session.get(Account, account_id, populate_existing=True) if account_id is not None else None
    if account is None or account.is_disabled:
        return
    with in_language(account.language):
        name = site().name
        letter = Letter(
            subject=_("Choose a new password at %(organisation)s", organisation=name),
            heading=_("Choose a new password"),
            greeting=_("Hello %(name)s,", name=account.name),
            paragraphs=(_("Somebody, probably you, has asked for a new password for your account."),),
            action=Link(_("Choose a new password"), address("accounts.reset", token=make_token(account.id, "reset"))),
            after=(
                _("The link works for one hour and only once."),
                _("Was it not you? Then ignore this mail: your password is as it was."),
            ),
            why=_("You get this mail because this address has an account with %(organisation)s.", organisation=name),
        )
        _queue(account, letter, "account.reset_asked", "reset")


def _queue(account: Account, letter: Letter, kind: str, purpose: str) -> None:
    """Queue the mail at once, whatever else the address has got today: how often one may ask is limited elsewhere."""
    words = site()
    letter = replace(letter, signature=words.name, contact=words.facts.email)
    text, html = write(letter)
    queue(
        NewMessage(
            key=f"account:{account.row_id}:{purpose}:{clock.now():%Y%m%dT%H%M%S}",
            kind=kind,
            to=account.email,
            language=account.language,
            subject=letter.subject,
            text=text,
            html=html,
            sender=words.name,
            may_wait=False,
        )
    )
