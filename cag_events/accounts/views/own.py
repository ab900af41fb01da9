"""Pages of one's own: overview, account, password."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from cag_events.accounts import services
from cag_events.accounts.forms import ROLES, ChangePasswordForm, LanguageForm
from cag_events.accounts.sessions import end_sessions
from cag_events.accounts.views.blueprint import bp
from cag_events.domain.errors import N_
from cag_events.permissions import Permission, may
from cag_events.web import session, throttle
from cag_events.web.access import signed_in
from cag_events.web.actor import actor, person
from cag_events.web.navigation import link_to
from cag_events.web.session import Person

TILES = (
    (N_("Members' programme"), N_("Everything that is open to members."), "site.members", Permission.MEMBERS_SEE),
    (N_("My registrations"), N_("What you have a seat at."), "registrations.own", Permission.MEMBERS_SEE),
    (N_("Themes I follow"), N_("What you want to hear of."), "feeds.following", Permission.MEMBERS_SEE),
    (N_("My calendar feeds"), N_("Your own secret addresses for your calendar."), "feeds.mine", Permission.MEMBERS_SEE),
    (N_("Workspace"), N_("Plan, publish and look after events."), "workspace.today", Permission.WORKSPACE),
    (N_("My account"), N_("Password, language, signing out everywhere."), "accounts.own", None),
)


@bp.get("/<lang>/me/")
@signed_in
def me() -> ResponseReturnValue:
    """See what is there for me."""
    tiles = [
        (gettext(label), gettext(text), url)
        for label, text, endpoint, permission in TILES
        if (permission is None or may(actor(), permission)) and (url := link_to(endpoint))
    ]
    return render_template("accounts/me.html", tiles=tiles)


@bp.get("/<lang>/account/")
@signed_in
def own() -> ResponseReturnValue:
    """See my account."""
    return _own_page(ChangePasswordForm(formdata=None), LanguageForm(formdata=None, language=_me().language))


@bp.post("/<lang>/account/password")
@signed_in
def change_password() -> ResponseReturnValue:
    """Choose another password; all other browsers are signed out."""
    form, known = ChangePasswordForm(), _me()
    if form.validate():
        throttle.spend((throttle.LOGIN_ACCOUNT, known.email))
        with form.refusals():
            services.change_password(known.account_id, form.old.data or "", form.password.data or "")
            throttle.forgive((throttle.LOGIN_ACCOUNT, known.email))
            session.current().sign_in(known.account_id)
            flash(gettext("Your password is changed. All other browsers are signed out."), "ok")
            return redirect(url_for(".own"), 303)
    return _own_page(form, LanguageForm(formdata=None, language=known.language)), 422


@bp.post("/<lang>/account/language")
@signed_in
def change_language() -> ResponseReturnValue:
    """Choose the language of my mails."""
    form = LanguageForm()
    if form.validate():
        services.set_language(_me().account_id, form.language.data)
        flash(gettext("Saved."), "ok")
        return redirect(url_for(".own"), 303)
    return _own_page(ChangePasswordForm(formdata=None), form), 422


@bp.post("/<lang>/account/everywhere")
@signed_in
def log_out_everywhere() -> ResponseReturnValue:
    """Sign out in all browsers, this one too."""
    end_sessions(_me().account_id)
    session.current().sign_out()
    flash(gettext("You are signed out everywhere."), "ok")
    return redirect(url_for(".login"), 303)


def _me() -> Person:
    known = person()
    assert known is not None
    return known


def _own_page(password: ChangePasswordForm, language: LanguageForm) -> str:
    return render_template("accounts/own.html", password=password, language=language, role=gettext(ROLES[_me().role]))
