"""Accounts of others: the list, inviting, roles, disabling."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from cag_events.accounts import queries, services
from cag_events.accounts.forms import ROLES, EditAccountForm, InviteForm
from cag_events.accounts.models import Account
from cag_events.accounts.views.blueprint import bp
from cag_events.permissions import Permission, Role, may
from cag_events.web.access import confirmed, needs
from cag_events.web.actor import actor
from cag_events.web.fields import clean_line
from cag_events.web.language import current_language


@dataclass(frozen=True)
class Row:
    """An account in the list."""

    name: str
    email: str
    role: str
    state: str
    tone: str
    url: str | None
    invite_url: str | None


@bp.get("/<lang>/organise/settings/accounts")
@needs(Permission.ACCOUNT_INVITE)
def people() -> ResponseReturnValue:
    """See the accounts that I may look after."""
    words = clean_line(request.args.get("q", ""))[:100]
    rows = [_row(account) for account in queries.list_accounts(actor(), words)]
    return render_template("accounts/people.html", rows=rows, words=words)


@bp.get("/<lang>/organise/settings/accounts/new")
@needs(Permission.ACCOUNT_INVITE)
@confirmed
def invite() -> ResponseReturnValue:
    """See the form to invite somebody."""
    form = InviteForm(formdata=None, language=current_language())
    form.offer(queries.roles_given_by(actor()))
    return render_template("accounts/invite.html", form=form)


@bp.post("/<lang>/organise/settings/accounts/new")
@needs(Permission.ACCOUNT_INVITE)
@confirmed
def send_invitation() -> ResponseReturnValue:
    """Invite somebody: an account is made, and a link to choose its password mailed."""
    form = InviteForm()
    form.offer(queries.roles_given_by(actor()))
    if form.validate():
        with form.refusals():
            account = services.add_account(form.read(), by=actor())
            flash(gettext("%(name)s is invited. The link in the mail works for 7 days.", name=account.name), "ok")
            return redirect(url_for(".people"), 303)
    return render_template("accounts/invite.html", form=form), 422


@bp.post("/<lang>/organise/settings/accounts/<row_id>/invite")
@needs(Permission.ACCOUNT_INVITE)
def invite_again(row_id: str) -> ResponseReturnValue:
    """Send the invitation once more."""
    services.invite_again(row_id, by=actor())
    flash(gettext("The invitation is sent once more."), "ok")
    return redirect(url_for(".people"), 303)


@bp.get("/<lang>/organise/settings/accounts/<row_id>")
@needs(Permission.ACCOUNT_EDIT)
@confirmed
def edit_account(row_id: str) -> ResponseReturnValue:
    """See an account and what may be changed about it."""
    account = queries.get_account_for(actor(), row_id)
    form = EditAccountForm(formdata=None, name=account.name, role=account.role.value, is_disabled=account.is_disabled)
    return _edit_page(row_id, form)


@bp.post("/<lang>/organise/settings/accounts/<row_id>")
@needs(Permission.ACCOUNT_EDIT)
@confirmed
def change_account(row_id: str) -> ResponseReturnValue:
    """Change name, role or standing of an account."""
    queries.get_account_for(actor(), row_id)
    form = EditAccountForm()
    form.offer(queries.roles_given_by(actor()))
    if form.validate():
        with form.refusals():
            services.change_account(
                row_id,
                name=form.name.data or "",
                role=Role(form.role.data),
                is_disabled=bool(form.is_disabled.data),
                by=actor(),
            )
            flash(gettext("Saved."), "ok")
            return redirect(url_for(".people"), 303)
    return _edit_page(row_id, form), 422


def _edit_page(row_id: str, form: EditAccountForm) -> str:
    account = queries.get_account_for(actor(), row_id)
    form.offer(queries.roles_given_by(actor()))
    return render_template("accounts/edit.html", form=form, name=account.name, email=account.email)


def _row(account: Account) -> Row:
    waits = account.password_hash is None and not account.is_disabled
    state, tone = (
        (gettext("Disabled"), "error")
        if account.is_disabled
        else (gettext("Invited"), "warn")
        if waits
        else (gettext("Active"), "ok")
    )
    return Row(
        name=account.name,
        email=account.email,
        role=gettext(ROLES[account.role]).partition(":")[0],
        state=state,
        tone=tone,
        url=url_for(".edit_account", row_id=account.row_id) if may(actor(), Permission.ACCOUNT_EDIT) else None,
        invite_url=url_for(".invite_again", row_id=account.row_id) if waits else None,
    )
