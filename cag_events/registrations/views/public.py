"""Pages for those without an account: the link again, an alias's code, an invitation."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.registrations import services
from cag_events.registrations.forms import CodeForm, LostForm
from cag_events.registrations.views.blueprint import bp
from cag_events.web import throttle
from cag_events.web.access import public


@bp.get("/<lang>/registrations")
@public
def lost() -> ResponseReturnValue:
    """Ask for one's link again, or open a seat by its six words."""
    return _lost_page(LostForm(prefix="mail-"), CodeForm(prefix="code-"))


@bp.post("/<lang>/registrations")
@public
def send_link() -> ResponseReturnValue:
    """Have the links mailed: the same answer for every address. Or open the seat of an alias."""
    form, code = LostForm(prefix="mail-"), CodeForm(prefix="code-")
    if code.code.data:
        return _open_by_code(code)
    if not form.validate():
        return _lost_page(form, CodeForm(formdata=None, prefix="code-")), 422
    throttle.spend((throttle.REGISTER_EMAIL, str(form.email.data)))
    services.ask_for_link(str(form.email.data))
    flash(_("If there is a registration for that address, the link is on its way by mail."), "ok")
    return redirect(url_for(".lost"), 303)


def _open_by_code(form: CodeForm) -> ResponseReturnValue:
    if form.validate():
        throttle.spend((throttle.ALIAS_ADDRESS, throttle.network_address()))
        if token := services.open_by_code(str(form.code.data)):
            return redirect(url_for(".mine", token=token), 303)
        form.code.errors = [_("We do not know these words. Look whether one of them is misspelt.")]
    return _lost_page(LostForm(formdata=None, prefix="mail-"), form), 422


def _lost_page(form: LostForm, code: CodeForm) -> str:
    return render_template("registrations/lost.html", form=form, code=code)
