"""The counter on a phone, for whoever has its link: one more, one less, how many today. It counts, and knows nobody."""

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cag_events import clock
from cag_events.db import new_row_id
from cag_events.domain import when
from cag_events.domain.disclosure import Viewer, disclose
from cag_events.domain.texts import pick
from cag_events.events import reading
from cag_events.events.cards import place_text, title_of
from cag_events.events.services import Holder, holder_of
from cag_events.exhibitions.forms.visitors import read_taps
from cag_events.exhibitions.queries.visitors import counted_on
from cag_events.exhibitions.services.visitors import Tap, count_taps
from cag_events.exhibitions.views.blueprint import bp
from cag_events.web import throttle
from cag_events.web.access import public
from cag_events.web.language import current_language

PURPOSE = "counter"


@bp.get("/<lang>/counter/<token>")
@public
def counter(token: str) -> ResponseReturnValue:
    """Count visitors with the phone."""
    holder = holder_of(token, PURPOSE)
    record, lang = holder.record, current_language()
    view = disclose(record, Viewer(invited=True), clock.now())
    counted = counted_on(record.id, when.day_of(clock.now(), record.tz))
    segments = [(segment.key, pick(segment.name, lang).text) for segment in record.segments]
    return render_template(
        "exhibitions/counter.html",
        token=token,
        name=holder.name,
        title=title_of(view, reading.reader()),
        place=place_text(view, reading.reader()),
        today=when.day_of(clock.now(), record.tz),
        total=sum(counted.values()),
        groups=[(key, name, counted.get(key, 0)) for key, name in segments],
        no_group=sum(people for key, people in counted.items() if key not in dict(segments)),
        new_id=new_row_id,
    )


@bp.post("/<lang>/counter/<token>")
@public
def count(token: str) -> ResponseReturnValue:
    """Count one more or one less, or all that a phone has gathered."""
    holder = holder_of(token, PURPOSE)
    throttle.spend((throttle.COUNTER_LINK, str(holder.pass_id)))
    if "taps" in request.form:
        count_taps(holder.record.id, read_taps(request.form["taps"], clock.now()))
        return _told(holder)
    change = -1 if request.form.get("change") == "-1" else 1
    client_id = request.form.get("id", "")[:40] or new_row_id()
    tap = Tap(client_id=client_id, change=change, segment=request.form.get("segment", "")[:100], at=clock.now())
    count_taps(holder.record.id, [tap])
    return redirect(url_for(".counter", token=token), 303)


def _told(holder: Holder) -> ResponseReturnValue:
    counted = counted_on(holder.record.id, when.day_of(clock.now(), holder.record.tz))
    return jsonify(total=sum(counted.values()), segments=counted)
