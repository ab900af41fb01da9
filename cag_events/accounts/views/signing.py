"""Signing in and out, and choosing a password by a one-time link."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from cag_events.accounts import services
from cag_events.accounts.forms import ConfirmForm, ForgotForm, LoginForm, NewPasswordForm
from cag_events.accounts.models import Account
from cag_events.accounts.views.blueprint import bp
from cag_events.domain.errors import N_, Refused
from cag_events.permissions import Actor, Permission, may
from cag_events.web import session, throttle
from cag_events.web.access import public, signed_in
from cag_events.web.actor import person
from cag_events.web.gate import safe_next
from cag_events.web.navigation import link_to

WRONG = N_("E-mail or password is not right. Look at both and try again.")


@bp.get("/<lang>/account/login")
@public
def login() -> ResponseReturnValue:
    """See the form to sign in; who is signed in goes on."""
    if known := person():
        return redirect(_next(known.actor), 303)
    return _login_page(LoginForm(formdata=None))


@bp.post("/<lang>/account/login")
@public
def log_in() -> ResponseReturnValue:
    """Sign in."""
    form = LoginForm()
    if form.validate():
        account = _known(form.email.data or "", form.password.data or "")
        if account is not None:
            session.current().sign_in(account.id)
            return redirect(_next(Actor(account_id=account.id, role=account.role)), 303)
        form.refuse(Refused("login.wrong", WRONG))
    return _login_page(form), 422


@bp.post("/<lang>/account/logout")
@public
def logout() -> ResponseReturnValue:
    """Sign out here."""
    session.current().sign_out()
    flash(gettext("You are signed out."), "ok")
    return redirect(url_for(".login"), 303)


@bp.get("/<lang>/account/confirm")
@signed_in
def confirm() -> ResponseReturnValue:
    """See the form that asks for the password once more."""
    return _confirm_page(ConfirmForm(formdata=None))


@bp.post("/<lang>/account/confirm")
@signed_in
def confirm_now() -> ResponseReturnValue:
    """Give the password once more."""
    form, known = ConfirmForm(), person()
    if form.validate() and known is not None:
        if _known(known.email, form.password.data or "") is not None:
            session.current().confirm()
            return redirect(_next(known.actor), 303)
        form.refuse(Refused("login.wrong", N_("That is not your password."), field="password"))
    return _confirm_page(form), 422


@bp.get("/<lang>/account/forgot")
@public
def forgot() -> ResponseReturnValue:
    """See the form that asks for a link to a new password."""
    return render_template("accounts/forgot.html", form=ForgotForm(formdata=None))


@bp.post("/<lang>/account/forgot")
@public
def send_reset() -> ResponseReturnValue:
    """Ask for a link; the answer is the same for every address."""
    form = ForgotForm()
    if not form.validate():
        return render_template("accounts/forgot.html", form=form), 422
    email = form.email.data or ""
    throttle.spend((throttle.RESET_ACCOUNT, email), (throttle.RESET_ADDRESS, throttle.network_address()))
    services.ask_reset(email)
    flash(gettext("If there is an account with this address, a link is on its way to it. It works for an hour."), "ok")
    return redirect(url_for(".login"), 303)


@bp.get("/<lang>/account/reset/<token>")
@public
def reset(token: str) -> ResponseReturnValue:
    """See the form for a new password."""
    return _reset_page(token, NewPasswordForm(formdata=None))


@bp.post("/<lang>/account/reset/<token>")
@public
def set_password(token: str) -> ResponseReturnValue:
    """Choose the password; then sign in with it."""
    form = NewPasswordForm()
    services.account_of_token(token)
    if form.validate():
        with form.refusals():
            services.use_token(token, form.password.data or "")
            session.current().sign_out()
            flash(gettext("Your password is set. Sign in with it."), "ok")
            return redirect(url_for(".login"), 303)
    return _reset_page(token, form), 422


def _known(email: str, password: str) -> Account | None:
    """Return the account, counting the try; a right password takes the count back."""
    by_account, by_address = (throttle.LOGIN_ACCOUNT, email), (throttle.LOGIN_ADDRESS, throttle.network_address())
    throttle.spend(by_account, by_address)
    account = services.check_password(email, password)
    if account is not None:
        throttle.forgive(by_account)
        throttle.give_back(*by_address)
    return account


def _next(who: Actor) -> str:
    home = (link_to("workspace.today") if may(who, Permission.WORKSPACE) else None) or url_for("accounts.me")
    return safe_next(request.args.get("next"), home)


def _login_page(form: LoginForm) -> str:
    return render_template("accounts/login.html", form=form, is_sent_here="next" in request.args)


def _confirm_page(form: ConfirmForm) -> str:
    return render_template("accounts/confirm.html", form=form, email=(known.email if (known := person()) else ""))


def _reset_page(token: str, form: NewPasswordForm) -> str:
    account = services.account_of_token(token)
    return render_template(
        "accounts/reset.html", form=form, is_first=account.password_hash is None, email=account.email
    )
