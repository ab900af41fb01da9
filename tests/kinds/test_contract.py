"""What every kind keeps, whichever it is; a new one is tested by being there."""

import dataclasses
import datetime as dt
import json
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template
from werkzeug.datastructures import MultiDict
from wtforms import FormField, StringField

import cag_events.kinds
from cag_events import kinds
from cag_events.domain.disclosure import STRANGER, disclose
from cag_events.domain.errors import N_, Refused
from cag_events.kinds import KINDS, Draft, Kind, KindForm, read_details, split_details, write_details
from cag_events.kinds._shape import shifted
from tests.kinds.drafts import NOW, person, record

TEMPLATES = Path(cag_events.__file__).parent / "templates" / "events" / "kinds" if cag_events.__file__ else Path()
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def test_find_kinds_finds_the_nine_of_the_programme() -> None:
    assert sorted(KINDS) == [
        "conference",
        "exhibition",
        "hearing",
        "lecture",
        "roleplay",
        "screening",
        "study_session",
        "webinar",
        "workshop",
    ]


@every_kind
def test_write_details_survives_storage_for_the_sample(kind: Kind) -> None:
    stored = json.loads(json.dumps(write_details(kind.slug, kind.sample)))

    assert read_details(kind.slug, stored) == kind.sample


@every_kind
def test_read_details_gives_defaults_when_nothing_is_stored(kind: Kind) -> None:
    assert read_details(kind.slug, {}) == kind.details()


@every_kind
def test_read_details_leaves_out_what_an_older_version_stored(kind: Kind) -> None:
    stored = {**write_details(kind.slug, kind.sample), "no_longer_known": {"x": 1}}

    assert read_details(kind.slug, stored) == kind.sample


@every_kind
def test_sections_are_the_names_in_stored_details(kind: Kind) -> None:
    assert tuple(write_details(kind.slug, kind.sample)) == kind.sections


def test_sections_belong_to_one_kind_each() -> None:
    names = [name for kind in KINDS.values() for name in kind.sections]

    assert len(names) == len(set(names))


@every_kind
def test_form_gives_back_the_details_it_was_loaded_with(kind: Kind) -> None:
    form = kind.form(None, prefix="kind-")

    form.load(kind.sample)

    assert form.read() == kind.sample


@every_kind
def test_form_reads_what_a_browser_sends_back(kind: Kind) -> None:
    shown = kind.form(None, prefix="kind-")
    shown.load(kind.sample)

    form = kind.form(sent(shown), prefix="kind-")

    assert form.validate(), form.errors
    assert form.read() == kind.sample


@every_kind
def test_form_reads_defaults_when_nothing_is_filled_in(kind: Kind) -> None:
    shown = kind.form(None, prefix="kind-")
    shown.load(kind.details())

    form = kind.form(sent(shown), prefix="kind-")

    assert form.validate(), form.errors
    assert write_details(kind.slug, form.read()) == write_details(kind.slug, shown.read())


@every_kind
def test_form_has_a_field_for_everything_that_is_stored(kind: Kind) -> None:
    form = kind.form(None, prefix="kind-")
    form.load(kind.sample)

    assert set(_unshown(form, kind.sample, "")) == set(kind.file_only)


@every_kind
def test_split_details_takes_out_what_is_for_the_team(kind: Kind) -> None:
    details = write_details(kind.slug, kind.sample)

    shown, team = split_details(kind.slug, details)

    assert [path for path in kind.team_only if list(_at(shown, path))] == []
    assert [path for path in kind.team_only if not list(_at(details, path))] == []
    assert team == (details if kind.team_only else {})


@every_kind
def test_repeated_moves_every_date(kind: Kind) -> None:
    again = kind.repeated(kind.sample, 7)

    assert list(_dates(again)) == [day + dt.timedelta(days=7) for day in _dates(kind.repeated(kind.sample, 0))]
    assert _dates_of_shifted(kind.sample) == [day + dt.timedelta(days=7) for day in _dates(kind.sample)]


@every_kind
def test_faults_finds_none_in_the_sample(kind: Kind) -> None:
    assert list(kind.faults(kind.sample)) == []


@every_kind
def test_templates_show_sample_and_nothing(kind: Kind, app: Flask) -> None:
    with app.test_request_context("/sv/"):
        for details in (kind.sample, kind.details()):
            stored = write_details(kind.slug, details)
            shown, team = split_details(kind.slug, stored)
            one = record(kind.slug, details=shown, team_details=team, people=(person("ada"),))
            view = disclose(one, STRANGER, NOW)
            form = kind.form(None, prefix="kind-")
            form.load(details)

            page = render_template(
                f"events/kinds/{kind.slug}/_details.html",
                view=view,
                details=read_details(kind.slug, view.details),
                now=NOW,
            )
            editor = render_template(f"events/kinds/{kind.slug}/_form.html", kind_form=form)

            assert _secrets(kind) & set(page.split()) == set()
            assert "kind-" in editor


@every_kind
def test_texts_are_marked_for_translation(kind: Kind, app: Flask) -> None:
    from flask_babel import gettext

    with app.test_request_context("/sv/"):
        texts = [kind.label, kind.plural, *(task for _, task in kind.checklist)]
        untranslated = [text for text in texts if gettext(text) == text and text not in ALIKE]

    assert untranslated == []


ALIKE = {"Workshop", "Hearing"}


def test_kind_of_ones_own_needs_nothing_but_its_module(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    monkeypatch.setattr(kinds, "KINDS", types.MappingProxyType({**KINDS, "street_stall": STREET_STALL}))

    stored = kinds.write_details("street_stall", STREET_STALL.sample)
    form = STREET_STALL.form(MultiDict({"kind-permit": "B-3"}), prefix="kind-")
    shown, team = kinds.split_details("street_stall", {"permit": "A-17", "note": "shade"})
    with app.test_request_context("/sv/"):
        page = render_template("events/kinds/_default/_details.html")

    assert stored == {"permit": "A-17"}
    assert kinds.read_details("street_stall", stored) == STREET_STALL.sample
    assert form.validate()
    assert form.read() == StreetStall(permit="B-3")
    assert shown == {"permit": "A-17"}
    assert team == {"permit": "A-17", "note": "shade"}
    assert page.strip() == ""
    one = Draft(record=record("street_stall"), details=StreetStall())
    assert [refusal.code for rule in STREET_STALL.publish_rules for refusal in rule(one, NOW)] == [
        "street_stall.no_permit"
    ]


def test_write_details_refuses_those_of_another_kind() -> None:
    with pytest.raises(TypeError):
        write_details("lecture", KINDS["workshop"].sample)


@dataclass(frozen=True, kw_only=True)
class StreetStall:
    """A tenth kind."""

    permit: str = ""
    note: str = ""


class StreetStallForm(KindForm):
    """Its form."""

    shape = StreetStall
    permit = StringField(N_("Permit number"))


def needs_permit(one: Draft, _now: dt.datetime) -> Iterator[Refused]:
    """A rule of its own."""
    if not one.details.permit:
        yield Refused("street_stall.no_permit", N_("A street stall needs the city's permit."))


STREET_STALL = Kind(
    slug="street_stall",
    label=N_("Street stall"),
    plural=N_("Street stalls"),
    details=StreetStall,
    form=StreetStallForm,
    sample=StreetStall(permit="A-17"),
    team_only=("note",),
    publish_rules=(needs_permit,),
)


def sent(form: Any) -> MultiDict[str, str]:
    """What a browser sends when it sends the form as it is shown."""
    pairs: list[tuple[str, str]] = []

    def walk(fields: Any) -> None:
        for field in fields:
            if hasattr(field, "entries"):
                for entry in field.entries:
                    walk(entry.form)
            elif isinstance(field, FormField):
                walk(field.form)
            elif field.type == "MultiCheckboxField":
                pairs.extend((field.name, value) for value in field.data or ())
            elif field.type == "BooleanField":
                pairs.extend([(field.name, "y")] if field.data else [])
            else:
                pairs.append((field.name, field._value() if hasattr(field, "_value") else field.data or ""))

    walk(form)
    return MultiDict(pairs)


def _unshown(form: Any, value: Any, path: str) -> Iterator[str]:
    """Yield the names of dataclass fields for which the form has none."""
    for field in dataclasses.fields(value):
        inner = getattr(value, field.name)
        if field.name not in form:
            yield f"{path}{field.name}"
        elif dataclasses.is_dataclass(inner):
            yield from _unshown(form[field.name].form, inner, f"{path}{field.name}.")
        elif isinstance(inner, tuple) and inner and dataclasses.is_dataclass(inner[0]):
            yield from _unshown(form[field.name].entries[0].form, inner[0], f"{path}{field.name}[].")


def _at(value: Any, path: str) -> Iterator[Any]:
    """Yield the values at a path such as roleplay.roles[].brief."""
    name, _, rest = path.partition(".")
    many = name.endswith("[]")
    inner = value.get(name.removesuffix("[]")) if isinstance(value, dict) else None
    if inner is None:
        return
    if not rest:
        yield inner
        return
    for one in inner if many else [inner]:
        yield from _at(one, rest)


def _dates(value: Any) -> Iterator[dt.date]:
    if isinstance(value, dt.date):
        yield value
    elif isinstance(value, tuple):
        for inner in value:
            yield from _dates(inner)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _dates(getattr(value, field.name))


def _dates_of_shifted(details: Any) -> list[dt.date]:
    return list(_dates(shifted(details, 7)))


def _secrets(kind: Kind) -> set[str]:
    """Words of the sample that only the team may read."""
    details = write_details(kind.slug, kind.sample)
    found: set[str] = set()
    for path in kind.team_only:
        for value in _at(details, path):
            found |= {word for word in str(value).split() if len(word) > 8 and word.isalpha()}
    return found
