"""The organizers' pages about contacts, partners and segments."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.audiences import services
from cag_events.audiences.forms import ROLES, contact_form_class, segment_form_class
from cag_events.audiences.models import Contact, Segment
from cag_events.audiences.queries import find_row, list_contacts, list_countries, list_partners, list_segments
from cag_events.permissions import Permission, may
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.choices import own_languages
from cag_events.web.dates import country_name, language_name
from cag_events.web.language import languages

bp = Blueprint("audiences", __name__)


@bp.get("/<lang>/organise/contacts")
@needs(Permission.CONTACT_SEE)
def contacts() -> ResponseReturnValue:
    """Find somebody."""
    words = request.args.get("q", "")[:200].strip()
    known = list_countries()
    country = request.args.get("country", "")
    rows = [
        {
            "key": row.key,
            "name": row.name,
            "name_local": row.name_local,
            "email": row.email,
            "country": country_name(row.country) if row.country else "",
            "languages": [language_name(code) for code in row.languages],
            "title": dict(row.title),
            "named": row.named,
        }
        for row in list_contacts(words, country if country in known else "")
    ]
    return render_template(
        "audiences/contacts.html",
        contacts=rows,
        q=words,
        country=country,
        countries=[(code, country_name(code)) for code in known],
        may_edit=may(actor(), Permission.CONTACT_EDIT),
        is_narrowed=bool(words or country),
    )


@bp.route("/<lang>/organise/contacts/new", methods=["GET", "POST"], defaults={"key": None})
@bp.route("/<lang>/organise/contacts/<key>", methods=["GET", "POST"])
@needs(Permission.CONTACT_EDIT)
def contact(key: str | None) -> ResponseReturnValue:
    """Make or change a contact."""
    row = find_row(Contact, key)
    form = contact_form_class(languages())()
    form.offer(row)
    if not form.is_submitted():
        form.load(row)
        return _page("audiences/contact.html", form, row)
    if form.validate():
        with form.refusals():
            services.save_contact(row.id if row else None, form.read(row), by=actor())
            flash(_("Saved."), "ok")
            return redirect(url_for(".contacts"), 303)
    return _page("audiences/contact.html", form, find_row(Contact, key)), 422


@bp.get("/<lang>/organise/partners")
@needs(Permission.CONTACT_SEE)
def partners() -> ResponseReturnValue:
    """See the organisations that co-host."""
    rows = [
        {
            "key": row.key,
            "name": row.name,
            "name_local": row.name_local,
            "city": row.city,
            "country": country_name(row.country) if row.country else "",
            "about": dict(row.about),
            "sensitive": bool(row.sensitive),
        }
        for row in list_partners()
    ]
    return render_template("audiences/partners.html", partners=rows, may_edit=may(actor(), Permission.CONTACT_EDIT))


@bp.get("/<lang>/organise/segments")
@needs(Permission.SEGMENT_EDIT)
def segments() -> ResponseReturnValue:
    """See the audiences."""
    roles = {key: _(word) for key, word in ROLES}
    rows = [
        {"key": row.key, "name": dict(row.name), "hint": dict(row.hint), "role": roles.get(row.role, row.role)}
        for row in list_segments()
    ]
    return render_template("audiences/segments.html", segments=rows)


@bp.route("/<lang>/organise/segments/new", methods=["GET", "POST"], defaults={"key": None})
@bp.route("/<lang>/organise/segments/<key>", methods=["GET", "POST"])
@needs(Permission.SEGMENT_EDIT)
def segment(key: str | None) -> ResponseReturnValue:
    """Make or change a segment."""
    row = find_row(Segment, key)
    form = segment_form_class(languages())()
    if not form.is_submitted():
        form.load(row)
        return _page("audiences/segment.html", form, row)
    if form.validate():
        with form.refusals():
            services.save_segment(row.id if row else None, form.read(row), by=actor())
            flash(_("Saved."), "ok")
            return redirect(url_for(".segments"), 303)
    return _page("audiences/segment.html", form, find_row(Segment, key)), 422


def _page(template: str, form: Any, row: Any) -> str:
    named = None
    if row is not None:
        named = {"key": row.key, "name": row.name}
    return render_template(template, form=form, row=named, own_languages=own_languages(languages()))
