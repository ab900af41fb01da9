"""The limit: a bare Flask application that answers the same bytes, with no more work than a Flask application must do.

No headers, log, languages, filters, disclosure, encryption, limits or mails; pages are one SQLAlchemy query and one
plain template, padded to the bytes of ours; the form is one of Flask-WTF with its token against forged requests; a
registration is one transaction that counts seats and inserts a row.
It reads what to answer from the folder in BARE_FOLDER (`keep()` writes it), so that a server can start it.
"""

import datetime as dt
import os
import secrets
from pathlib import Path
from typing import Any

from flask import Flask, Response, render_template, send_from_directory
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import FlaskForm
from jinja2 import DictLoader
from sqlalchemy import JSON, DateTime, ForeignKey, event, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry, relationship
from wtforms import BooleanField, EmailField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Email, Length

FOLDER = "BARE_FOLDER"
STATIC = "static"  # a folder of files to send
PER_PAGE = 20
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000", "cache_size=-16000")

ROW = """<li class="event-row event-row--{{ event.status }}">
  <p class="kicker"><span>{{ event.kind }}</span> <span>{{ event.mode }}</span></p>
  <h3><a href="/sv/events/{{ event.key }}">{{ event.title.sv }}</a></h3>
  <p>{{ event.summary.sv }}</p>
  <p><time datetime="{{ event.starts_at.isoformat() }}">{{ event.starts_at.strftime("%d/%m %Y %H.%M") }}</time>
  {% if event.venue %}<span>{{ event.venue.city }} · {{ event.venue.name.sv }}</span>{% endif %}</p>
  <p>{% if event.capacity %}{{ event.capacity }} platser{% endif %}</p>
</li>
"""
LIST = '<!DOCTYPE html><html lang="{{ lang }}"><head><title>{{ title }}</title></head><body><h1>{{ title }}</h1><ol>'
PAGE = (
    LIST
    + """</ol><article>
<p>{{ event.kind }} · {{ event.mode }} · {{ event.status }}</p>
<h2>{{ event.title.sv }}</h2><p>{{ event.summary.sv }}</p>
<div>{{ event.body.sv }}</div>
<dl><dt>När</dt><dd><time datetime="{{ event.starts_at.isoformat() }}">{{ event.starts_at.strftime("%H.%M") }}</time>–
{{ event.ends_at.strftime("%H.%M") }}</dd>
{% if event.venue %}<dt>Var</dt><dd>{{ event.venue.name.sv }}, {{ event.venue.street }}, {{ event.venue.postcode }}
{{ event.venue.city }}, {{ event.venue.country }}</dd>{% endif %}
{% for name, value in facts %}<dt>{{ name }}</dt><dd>{{ value }}</dd>{% endfor %}</dl>
<form method="post">{{ form.hidden_tag() }}{% for field in form if field.name != "csrf_token" %}<p>{{ field.label }}
{{ field }}</p>{% endfor %}<button>Anmäl mig</button></form></article>"""
)
FACTS = tuple((f"Fråga {number}", f"Svar {number}") for number in range(12))


class Base(DeclarativeBase):
    """Base of the bare models."""

    registry = registry(type_annotation_map={dict[str, str]: JSON(), dt.datetime: DateTime()})


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


class Venue(db.Model):  # type: ignore[name-defined,misc]
    """The columns of a venue that a plain page shows."""

    __tablename__ = "venue"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[dict[str, str]]
    street: Mapped[str]
    postcode: Mapped[str]
    city: Mapped[str]
    country: Mapped[str]


class Event(db.Model):  # type: ignore[name-defined,misc]
    """The columns of an event that a plain page shows."""

    __tablename__ = "event"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    kind: Mapped[str]
    mode: Mapped[str]
    status: Mapped[str]
    title: Mapped[dict[str, str]]
    summary: Mapped[dict[str, str]]
    body: Mapped[dict[str, str]]
    capacity: Mapped[int]
    starts_at: Mapped[dt.datetime]
    ends_at: Mapped[dt.datetime]
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    venue: Mapped[Venue | None] = relationship(lazy="joined")


class RegisterForm(FlaskForm):  # type: ignore[misc]
    """As many fields as ours usually has."""

    name = StringField("Namn", [DataRequired(), Length(max=120)])
    email = EmailField("E-post", [DataRequired(), Email()])
    segment = SelectField("Jag är", choices=[("", "–"), *((str(n), f"Grupp {n}") for n in range(8))])
    needs = TextAreaField("Behov", [Length(max=2000)])
    first_time = SelectField("Första gången?", choices=[("", "–"), ("yes", "Ja"), ("no", "Nej")])
    consent_contact = BooleanField("Ni får skriva till mig")


class Seat(db.Model):  # type: ignore[name-defined,misc]
    """A plain registration."""

    __tablename__ = "bare_registration"
    __bind_key__ = "seats"
    id: Mapped[int] = mapped_column(primary_key=True)
    event_key: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    email: Mapped[str]
    code: Mapped[str]
    registered_at: Mapped[dt.datetime]


def keep(folder: Path, database: str, **parts: bytes) -> None:
    """Write what a bare application shall answer: the address of the database with events, feeds, sizes of pages."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "database").write_text(database, "utf-8")
    (folder / "secret").write_text(secrets.token_hex(32), "utf-8")
    for name, part in parts.items():
        (folder / name).write_bytes(part)
    (folder / STATIC).mkdir(exist_ok=True)
    (folder / STATIC / "feed.ics").write_bytes(parts["feed"])


def create_app(folder: Path | None = None) -> Flask:
    """Return the bare application."""
    folder = folder or Path(os.environ[FOLDER])
    app = Flask("bare")
    app.config["SQLALCHEMY_DATABASE_URI"] = (folder / "database").read_text("utf-8")
    app.config["SQLALCHEMY_BINDS"] = {"seats": f"sqlite:///{folder / 'seats.sqlite'}"}
    app.secret_key = (folder / "secret").read_text("utf-8")
    db.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            event.listen(engine, "connect", _prepare)
            event.listen(engine, "begin", _begin)
        db.create_all("seats")
    _feeds(app, folder)
    _pages(app)
    rows = "{% for event in events %}" + ROW + "{% endfor %}</ol>"
    _pad(app, folder, {"list.html": LIST + rows, "event.html": PAGE})
    return app


def _pad(app: Flask, folder: Path, templates: dict[str, str]) -> None:
    """Make the pages as long as ours, as plain text in the templates."""
    app.jinja_loader = DictLoader(templates)
    for name, path in (("list", "/list"), ("event", "/event/" + (folder / "key").read_text("utf-8"))):
        missing = int((folder / f"{name}_size").read_text("utf-8")) - len(app.test_client().get(path).data)
        templates[f"{name}.html"] += "<p>" + "x" * max(0, missing - 7) + "</p>"
    app.jinja_env.auto_reload = False
    if app.jinja_env.cache is not None:
        app.jinja_env.cache.clear()


def _feeds(app: Flask, folder: Path) -> None:
    body, zipped = (folder / "feed").read_bytes(), (folder / "feed_gz").read_bytes()
    kind = "text/calendar; charset=utf-8"

    @app.get("/feed")
    def feed() -> Response:
        return Response(body, content_type=kind)

    @app.get("/file")
    def file() -> Response:
        return send_from_directory(folder / STATIC, "feed.ics", mimetype="text/calendar")

    @app.get("/feed.gz")
    def feed_gz() -> Response:
        return Response(zipped, content_type=kind, headers={"Content-Encoding": "gzip"})

    @app.get("/empty")
    def empty() -> Response:
        return Response(b"", content_type=kind)

    @app.get("/same")
    def same() -> Response:
        return Response(status=304, headers={"ETag": '"bare"'})


def _pages(app: Flask) -> None:
    @app.get("/list")
    def listing() -> str:
        now = _now()
        query = select(Event).where(Event.ends_at > now).order_by(Event.starts_at, Event.id).limit(PER_PAGE)
        events = db.session.scalars(query).all()
        return render_template("list.html", events=events, lang="sv", title="Programmet")

    @app.get("/event/<key>")
    def page(key: str) -> str:
        found = db.session.scalars(select(Event).where(Event.key == key)).one()
        return render_template(
            "event.html", event=found, lang="sv", title=found.title["sv"], facts=FACTS, form=RegisterForm()
        )

    @app.post("/event/<key>")
    def register(key: str) -> Any:
        taken = db.session.scalar(select(func.count()).select_from(Seat).where(Seat.event_key == key))
        if (taken or 0) >= 1_000_000:
            return "full", 422
        form = RegisterForm()
        if not form.validate():
            return str(form.errors), 422
        name, email = form.name.data, form.email.data
        now = _now()
        db.session.add(Seat(event_key=key, name=name, email=email, code=secrets.token_hex(6), registered_at=now))
        db.session.commit()
        return "", 303, {"Location": f"/event/{key}"}


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)  # noqa: TID251 (nothing of ours is in here)


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Any) -> None:
    """Begin as ours does: for writing at once, else another writer may come between."""
    is_seats = "seats.sqlite" in str(connection.engine.url)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_seats else "BEGIN")
