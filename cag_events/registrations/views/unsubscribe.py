"""No more news: the page behind the link in mails that are news, and the one click of mail programs (RFC 8058)."""

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cag_events.domain.errors import NotFound
from cag_events.registrations.services.consents import read_news_token, stop_news
from cag_events.registrations.views.blueprint import bp
from cag_events.web.access import public

ONE_CLICK = f"{__name__}.stop"  # mail programs have no form of ours, and so no token of it; the address is the secret


@bp.get("/<lang>/unsubscribe/<token>")
@public
def unsubscribe(token: str) -> ResponseReturnValue:
    """See the one button that ends the news; opening the link ends nothing, since mail scanners open every link."""
    if read_news_token(token) is None:
        raise NotFound("unsubscribe")
    return render_template("registrations/unsubscribe.html", token=token, is_done=request.args.get("done") == "1")


@bp.post("/<lang>/unsubscribe/<token>")
@public
def stop(token: str) -> ResponseReturnValue:
    """End the news, from the page or from the mail program, which gets no page and is sent nowhere else."""
    row_id = read_news_token(token)
    if row_id is None:
        raise NotFound("unsubscribe")
    stop_news(row_id)
    if request.form.get("List-Unsubscribe") == "One-Click":
        return Response("", mimetype="text/plain")
    return redirect(url_for(".unsubscribe", token=token, done=1), 303)
