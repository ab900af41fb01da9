"""The pages: the form on the event page, one's own page, links lost, invitations, the online room, the desk."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event as engine_event
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.event import Mode, RegistrationMode, Safety, Visibility
from cag_events.events.keys import data_key_of
from cag_events.events.models import Event
from cag_events.permissions import Role
from cag_events.registrations.codes import alias_code, join_token
from cag_events.registrations.models import Invitation, Registration
from cag_events.registrations.services import invite, make_invitation_link, make_link, withdraw
from tests.factories import make_contact, make_event, make_organisation, make_segment, sign_in
from tests.registrations.wishes import Apart, dates_of, hidden_fields, made, of, organizer, send, statuses

NOBODY = "A" * 43
SECRETS = re.compile(r'(name="(csrf_token|issued|idempotency_key)"[^>]*value=")[^"]*')


@pytest.fixture
def ctx(app: Flask):
    """The application with its context, for what the test does itself; the browser has contexts of its own."""
    app.test_client_class = Apart
    with app.app_context():
        yield app


def link_of(registered) -> str:
    with transaction():
        return f"/en/registrations/{make_link(registered.registration_id)}"


def masked(html: str) -> str:
    return SECRETS.sub(r"\1…", html)


def fill(client: FlaskClient, event: Event, number: int = 1, **more):
    return send(
        client, f"/en/events/{event.key}", **{"name": f"Person {number}", "email": f"p{number}@example.org", **more}
    )


def test_event_page_registers_with_one_press_and_leads_to_a_receipt(ctx, client):
    event = make_event()

    answer = fill(client, event)

    assert (answer.status_code, answer.location) == (303, f"/en/events/{event.key}/receipt?outcome=seat")
    assert statuses(event) == ["confirmed"]
    assert client.get(answer.location).status_code == 200


def test_event_page_answers_known_and_unknown_addresses_with_the_same_octets(ctx, client):
    event = make_event(capacity=5)
    made(event, 1)
    unknown, known = fill(client, event, 2), fill(client, event, 1)
    receipts = [client.get(answer.location).data for answer in (unknown, known)]

    assert (unknown.status_code, unknown.location, unknown.data) == (known.status_code, known.location, known.data)
    assert receipts[0] == receipts[1]
    assert {k: v for k, v in unknown.headers if k not in ("Set-Cookie", "Date", "X-Request-Id")} == {
        k: v for k, v in known.headers if k not in ("Set-Cookie", "Date", "X-Request-Id")
    }


def test_event_page_answers_known_and_unknown_addresses_alike_when_full(ctx, client):
    event = make_event(capacity=1, waitlist=False)
    made(event, 1)

    known, unknown = (fill(client, event, number) for number in (1, 2))

    assert known.status_code == unknown.status_code == 422
    assert masked(known.text).replace("p1@", "p2@").replace("Person 1", "Person 2") == masked(unknown.text)


def test_event_page_asks_for_one_more_press_when_sent_within_three_seconds(ctx, client):
    event = make_event()

    quick = send(client, f"/en/events/{event.key}", later=1, name="Åsa", email="asa@example.org")
    with clock.fixed(clock.now() + timedelta(seconds=1)):
        again = client.post(
            f"/en/events/{event.key}", data={**hidden_fields(quick.text), "name": "Åsa", "email": "asa@example.org"}
        )

    assert quick.status_code == 422
    assert 'value="Åsa"' in quick.text
    assert again.status_code == 303
    assert statuses(event) == ["confirmed"]


def test_event_page_shows_a_form_older_than_twelve_hours_again_as_typed(ctx, client):
    event = make_event()

    late = send(client, f"/en/events/{event.key}", later=13 * 3600, name="Åsa", email="asa@example.org")

    assert late.status_code == 422
    assert 'value="Åsa"' in late.text
    assert statuses(event) == []


def test_event_page_refuses_what_only_a_machine_fills_in(ctx, client):
    event = make_event()

    assert fill(client, event, website="http://example.org").status_code == 422
    assert statuses(event) == []


def test_event_page_shows_each_fault_at_its_field_with_all_that_was_typed(ctx, client):
    event = make_event(ask=["needs"])

    answer = fill(client, event, name="", email="not an address", needs="hörslinga")

    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text
    assert 'id="email-error"' in answer.text
    assert "hörslinga" in answer.text


def test_event_page_asks_what_the_event_asks(ctx, client):
    make_segment("students")
    event = make_event(
        mode=Mode.HYBRID,
        guests=2,
        dates=["2026-12-03T18:00", "2026-12-04T18:00"],
        per_occurrence=True,
        ask=["segment", "first_time", "needs", "diet", "language", "photo", "how_heard", "org", "id_name", "alias"],
    )

    html = client.get(f"/en/events/{event.key}").text

    names = set(re.findall(r'<(?:input|select|textarea)[^>]* name="([a-z_]+)"', html))
    assert names >= {
        "mode",
        "occurrence",
        "name",
        "email",
        "id_name",
        "party",
        "segment",
        "first_time",
        "organisation",
        "language",
        "needs",
        "diet",
        "how_heard",
        "consent_photo",
        "consent_contact",
        "website",
        "idempotency_key",
        "csrf_token",
    }


def test_event_page_asks_for_two_things_when_the_event_asks_nothing(ctx, client):
    html = client.get(f"/en/events/{make_event().key}").text
    form = html[html.index('<section class="section" id="register"') :]

    names = re.findall(r'<(?:input|select|textarea)[^>]* name="([a-z_]+)"', form[: form.index("</form>")])
    hidden = {"csrf_token", "website", "issued", "idempotency_key"}
    assert [name for name in names if name not in hidden] == ["name", "email", "consent_contact"]


def test_event_page_registers_everything_that_was_answered(ctx, client):
    make_segment("students")
    event = make_event(mode=Mode.HYBRID, guests=2, ask=["segment", "first_time", "needs", "org", "photo"])

    answer = fill(
        client,
        event,
        mode="online",
        party="2",
        segment="students",
        first_time="yes",
        needs="tolk",
        organisation="Skolan",
        consent_photo="y",
    )

    row = db.session.scalars(select(Registration)).one()
    assert answer.status_code == 303
    assert (row.mode, row.party, row.first_time, row.consent_photo) == (Mode.ONLINE, 2, True, True)
    assert row.answers == '{"organisation":"Skolan","needs":"tolk"}'


def test_event_page_takes_wishes_for_roles_in_order_each_once(ctx, client):
    roles = [{"key": key, "seats": 4, "name": {"sv": key, "en": key}} for key in ("river", "town", "herders", "press")]
    event = make_event(kind="roleplay", details={"roleplay": {"roles": roles}}, ask=["role_wish"])

    html = client.get(f"/en/events/{event.key}").text
    answer = fill(client, event, wish=["press", "river", "press"])
    unknown = fill(client, event, 2, wish=["king"])

    assert html.count('name="wish"') == 3
    assert (answer.status_code, unknown.status_code) == (303, 422)
    assert db.session.scalars(select(Registration)).one().answers == '{"wish":["press","river"]}'


def test_event_page_sends_an_alias_to_a_page_with_six_words(ctx, client):
    event = make_event(ask=["alias"])

    answer = fill(client, event, email="", name="Ripa")
    page = client.get(answer.location)

    token = answer.location.rpartition("/")[2]
    assert page.status_code == 200
    assert alias_code(token) in page.text


def test_whole_flow_takes_twelve_statements_at_most(ctx, client):
    make_organisation()
    make_segment("students")
    event = make_event(capacity=50, ask=["segment", "first_time"])
    made(event, 9)
    data_key_of(event.id)  # read once by each process
    client.get(f"/en/events/{event.key}")  # what every page needs is in memory
    counted: list[str] = []

    def count(_conn, _cursor, statement, *_rest):
        if not statement.startswith("BEGIN"):
            counted.append(statement)

    engine_event.listen(db.engine, "before_cursor_execute", count)
    answer = fill(client, event)
    client.get(answer.location)
    engine_event.remove(db.engine, "before_cursor_execute", count)

    assert len(counted) <= 12, "\n".join(one.replace("\n", " ")[:110] for one in counted)


def test_own_page_is_the_same_nothing_for_unknown_ended_and_malformed_links(ctx, client):
    ended = link_of(made(make_event()))
    with transaction():
        db.session.delete(db.session.scalars(select(Registration)).one())

    answers = [client.get(path) for path in (ended, f"/en/registrations/{NOBODY}", "/en/registrations/x")]

    assert {answer.status_code for answer in answers} == {404}
    assert len({re.sub(r"<code>.*?</code>", "", answer.text).replace(ended, "") for answer in answers}) >= 1
    assert {client.get(f"{path}.ics").status_code for path in (ended, f"/en/registrations/{NOBODY}")} == {404}
    assert client.post(f"/en/registrations/{NOBODY}", data=csrf(client)).status_code == 404


def csrf(client: FlaskClient) -> dict[str, str]:
    fields = hidden_fields(client.get("/en/registrations").text)
    return {"csrf_token": next(value for name, value in fields.items() if name.endswith("csrf_token"))}


def test_own_page_is_never_stored_nor_indexed(ctx, client):
    answer = client.get(link_of(made(make_event())))

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_own_page_changes_nothing_when_it_is_opened(ctx, client):
    registered = made(make_event())
    url = link_of(registered)
    written: list[str] = []
    engine_event.listen(
        db.engine,
        "before_cursor_execute",
        lambda _c, _cur, statement, *_r: (
            written.append(statement) if statement.startswith(("INSERT", "UPDATE", "DELETE", "BEGIN I")) else None
        ),
    )

    for path in (url, f"{url}.ics", f"{url}?action=withdraw", url):
        assert client.get(path).status_code == 200

    assert written == []


def test_own_page_withdraws_and_takes_it_back(ctx, client):
    registered = made(make_event())
    url = link_of(registered)

    withdrawn = client.post(url, data={**csrf(client), "action": "withdraw"})
    seen = client.get(url).text
    restored = client.post(url, data={**csrf(client), "action": "restore"})

    assert (withdrawn.status_code, restored.status_code) == (303, 303)
    assert "You have withdrawn" in seen
    assert of(registered).status == "confirmed"


def test_own_page_tells_the_place_in_the_queue(ctx, client):
    event = make_event(capacity=1)
    made(event, 1)
    made(event, 2)

    assert "Your place in the queue: 2." in client.get(link_of(made(event, 3))).text


def test_own_page_saves_changes_and_keeps_what_was_typed_when_it_cannot(ctx, client):
    event = make_event(capacity=2, guests=3, ask=["org"])
    registered = made(event, party=1)
    url = link_of(registered)

    saved = client.post(url, data={**csrf(client), "action": "save", "name": "Ny", "party": "2", "organisation": "X"})
    refused = client.post(url, data={**csrf(client), "action": "save", "name": "Nyare", "party": "4"})

    assert (saved.status_code, refused.status_code) == (303, 422)
    assert 'value="Nyare"' in refused.text
    assert (of(registered).name, of(registered).party) == ("Ny", 2)


def test_own_page_needs_the_csrf_token(ctx, client):
    registered = made(make_event())

    assert client.post(link_of(registered), data={"action": "withdraw"}).status_code == 400
    assert of(registered).status == "confirmed"


def test_own_calendar_file_holds_the_dates_and_no_secret(ctx, client):
    event = make_event(dates=["2026-12-03T18:00", "2026-12-04T18:00"])
    url = link_of(made(event))

    answer = client.get(f"{url}.ics")

    body = answer.text.replace("\r\n ", "")
    assert answer.mimetype == "text/calendar"
    assert body.count("BEGIN:VEVENT") == 2
    assert body.count("DTSTART;TZID=Europe/Stockholm:20261203T180000") == 1
    assert url.rpartition("/")[2] not in body


def test_own_calendar_file_of_a_guarded_event_tells_its_date_alone(ctx, client):
    event = make_event(safety=Safety.GUARDED, visibility=Visibility.UNLISTED, title={"sv": "Hemligt", "en": "Secret"})

    body = client.get(f"{link_of(made(event))}.ics").text

    assert "20261203T180000" in body
    assert [word for word in ("Secret", "Hemligt", "Huset", "House", event.key) if word in body] == []


def test_lost_link_page_says_the_same_to_everybody(ctx, client):
    made(make_event(), 1)

    def ask(email):
        answer = send(client, "/en/registrations", **{"mail-email": email})
        return answer.status_code, answer.location, client.get(answer.location).text

    known, unknown = ask("p1@example.org"), ask("nobody@example.org")

    assert known[:2] == unknown[:2] == (303, "/en/registrations")
    assert re.sub(r'value="[^"]*"', "", known[2]) == re.sub(r'value="[^"]*"', "", unknown[2])


def test_lost_link_page_opens_an_aliass_seat_by_its_words(ctx, client):
    registered = made(make_event(ask=["alias"]), email=None)

    right = send(client, "/en/registrations", **{"code-code": alias_code(registered.token)})
    wrong = send(client, "/en/registrations", **{"code-code": "one two three four five six"})

    assert right.status_code == 303
    assert client.get(right.location).status_code == 200
    assert wrong.status_code == 422


def test_invitation_shows_a_private_event_and_registers(ctx, client):
    event = make_event(visibility=Visibility.PRIVATE, registration_mode=RegistrationMode.INVITE)
    invite(event.id, [make_contact(email="guest@example.org").id], by=organizer())
    with transaction():
        token = make_invitation_link(db.session.scalars(select(Invitation.id)).one())
    url = f"/en/invitations/{token}"

    outside, inside = client.get(f"/en/events/{event.key}"), client.get(url)
    answer = send(client, url, name="Guest", email="guest@example.org")

    assert (outside.status_code, inside.status_code) == (404, 200)
    assert answer.status_code == 303
    assert statuses(event) == ["confirmed"]
    assert client.get(url).status_code == 404
    assert client.get(answer.location).status_code == 200


def join_page(client, event, registered, at):
    with transaction():
        db.session.get_one(Event, event.id).online_url = "https://rooms.example.org/secret"
    with clock.fixed(at):
        return client.get(f"/en/join/{join_token(of(registered).row_id)}")


def test_join_leads_into_the_room_from_thirty_minutes_before_until_the_end(ctx, client):
    event = make_event(mode=Mode.ONLINE)
    registered = made(event)
    start, end = event.starts_at, event.ends_at
    moments = [start - timedelta(minutes=31), start - timedelta(minutes=30), end - timedelta(seconds=1), end]

    answers = [join_page(client, event, registered, at) for at in moments]

    assert [answer.status_code for answer in answers] == [200, 303, 303, 200]
    assert answers[1].location == "https://rooms.example.org/secret"
    assert all("rooms.example.org" not in answers[number].text for number in (0, 3))


def test_join_is_nothing_to_those_without_an_online_seat(ctx, client):
    event = make_event(mode=Mode.HYBRID, online_capacity=1)
    on_site, online = made(event, 1, mode=Mode.ONSITE), made(event, 2, mode=Mode.ONLINE)
    waiting = made(event, 3, mode=Mode.ONLINE)
    withdrawn = made(event, 4, mode=Mode.ONSITE)
    withdraw(withdrawn.registration_id)

    found = [
        join_page(client, event, who, event.starts_at).status_code for who in (on_site, waiting, withdrawn, online)
    ]

    assert found == [404, 404, 404, 303]


def test_desk_shows_names_to_organizers_and_counts_to_others(ctx, client):
    event = make_event()
    made(event, name="Åsa Testlund")
    url = f"/en/organise/events/{event.key}/registrations"
    seen = {}
    for role in (Role.ORGANIZER, Role.EDITOR, Role.REPORTER, Role.MEMBER):
        sign_in(client, role)
        answer = client.get(url)
        seen[role] = (answer.status_code, "Åsa Testlund" in answer.text)

    assert seen == {
        Role.ORGANIZER: (200, True),
        Role.EDITOR: (200, False),
        Role.REPORTER: (200, False),
        Role.MEMBER: (403, False),
    }


def test_desk_takes_the_same_number_of_statements_for_one_row_and_for_three(ctx, client):
    event = make_event()
    url = f"/en/organise/events/{event.key}/registrations"
    sign_in(client, Role.ORGANIZER)

    def statements() -> int:
        counted: list[str] = []

        def count(_conn, _cursor, statement, *_rest):
            counted.append(statement)

        engine_event.listen(db.engine, "before_cursor_execute", count)
        assert client.get(url).status_code == 200
        engine_event.remove(db.engine, "before_cursor_execute", count)
        return len(counted)

    made(event, 1)
    statements()
    one = statements()
    made(event, 2)
    made(event, 3)

    assert statements() == one


def test_desk_checks_in_and_takes_it_back_without_scripts(ctx, client):
    event = make_event()
    registered = made(event)
    (occurrence,) = dates_of(event)
    sign_in(client, Role.ORGANIZER)
    url = f"/en/organise/events/{event.key}/registrations"
    token = hidden_fields(client.get(url).text)
    tick = f"{url}/{of(registered).code}/check-in?q=Person"

    done = client.post(tick, data={**token, "occurrence": occurrence})
    here = of(registered).checked_in_at
    client.post(tick, data={**token, "occurrence": occurrence, "undo": "1"})

    assert (done.status_code, done.location) == (303, f"{url}?q=Person#{of(registered).code}")
    assert here == clock.now()
    assert of(registered).checked_in_at is None


def test_desk_passes_on_nothing_of_an_address_but_its_filters(ctx, client):
    event = make_event()
    registered = made(event)
    sign_in(client, Role.ORGANIZER)
    url = f"/en/organise/events/{event.key}/registrations"
    token = hidden_fields(client.get(url).text)

    answer = client.post(f"{url}/{of(registered).code}/check-in?_external=1&_scheme=ftp&key=other&q=P", data=token)

    assert answer.location == f"{url}?q=P#{of(registered).code}"


def test_desk_approves_from_the_registrations_own_page(ctx, client):
    event = make_event(registration_mode=RegistrationMode.APPROVAL)
    registered = made(event)
    sign_in(client, Role.ORGANIZER)
    url = f"/en/organise/events/{event.key}/registrations/{of(registered).code}"
    token = hidden_fields(client.get(url).text)

    answer = client.post(f"{url}?from=detail", data={**token, "action": "approve"})

    assert (answer.status_code, answer.location) == (303, url)
    assert "Approved" in client.get(url).text


def test_desk_keeps_needs_from_all_but_the_person_responsible(ctx, client):
    lead = sign_in(client, Role.ORGANIZER)
    event = make_event(ask=["needs"], lead_id=lead.id)
    registered = made(event, answers={"needs": "hörslinga"})
    url = f"/en/organise/events/{event.key}/registrations/{of(registered).code}"
    own = client.get(url).text
    sign_in(client, Role.ADMIN)

    assert "hörslinga" in own
    assert "hörslinga" not in client.get(url).text


def test_desk_adds_somebody_by_hand(ctx, client):
    event = make_event(capacity=1)
    sign_in(client, Role.ORGANIZER)
    url = f"/en/organise/events/{event.key}/registrations/new"
    token = hidden_fields(client.get(url).text)

    answers = [client.post(url, data={**token, "name": f"Phone {n}", "page_language": "sv"}) for n in range(2)]

    assert {answer.status_code for answer in answers} == {303}
    assert statuses(event) == ["confirmed", "waitlisted"]
