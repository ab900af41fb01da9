"""Pages of a circle: the leader's phone, the matrix, what is printed and exported, readings and who gets them."""

import csv
import io
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.errors import NotFound, Refused
from cag_events.events.gate import check_event
from cag_events.events.services import duplicate_event
from cag_events.exchange.files import Source
from cag_events.exchange.services import export, load
from cag_events.permissions import SYSTEM, Actor, Role
from cag_events.registrations.services import make_link
from cag_events.studies import services
from cag_events.studies.extension import todos
from cag_events.studies.models import ReadingFile
from cag_events.studies.queries import every_terms, find_file, sheet_of
from cag_events.studies.services import Marks, take_attendance
from cag_events.studies.terms import DEFAULTS
from cag_events.web.language import in_language
from tests.factories import hidden_fields, make_account, make_event, sign_in
from tests.page import check
from tests.page import page as page_of
from tests.registrations.wishes import Apart
from tests.studies.circles import join, leader_of, make_circle, part_of, record_of, registration

PDF = b"%PDF-1.4\nnothing"


@pytest.fixture
def browser(app_ctx):
    app_ctx.test_client_class = Apart
    return app_ctx.test_client()


def sent(browser, address, **values):
    fields = {**hidden_fields(browser.get(address).text), **values}
    return upload(browser, address, fields) if "file" in values else browser.post(address, data=fields)


def upload(browser, address, fields):
    """Send a form with a file from memory: the test client would leave its own file on the disk open."""
    boundary, body = encode_multipart({**fields, "file": FileStorage(*fields["file"])})
    return browser.post(address, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')


def signed_in(browser, role=Role.ORGANIZER):
    account = make_account(role)
    sign_in(browser, account)
    return account


def of_person(event, row_id):
    with transaction():
        return make_link(registration(row_id).id)


def rows_of(answer):
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))


def test_leader_sees_first_names_and_nothing_else_of_people(browser):
    event = make_circle()
    join(event, "Ada Canary")
    token, _holder = leader_of(event)

    page = browser.get(f"/en/leader/{token}")

    assert page.status_code == 200
    assert "Ada C." in page.text
    assert "Canary" not in page.text
    assert "ada@example.org" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"


def test_leader_saves_a_meeting_in_one_post_without_scripts(browser):
    event = make_circle()
    ada, bo = join(event, "Ada Ek"), join(event, "Bo Al")
    token, _holder = leader_of(event)

    answer = sent(
        browser, f"/en/leader/{token}", meeting=1, here=[ada], was=[f"{ada}:0", f"{bo}:0"], guests="2", do="save"
    )

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/en/leader/{token}?meeting=1")
    row = sheet_of(record_of(event), clock.now()).meetings[0]
    assert (row.participants, row.guests, row.taken_at) == (1, 2, clock.now())


def test_leader_marks_all_with_one_press(browser):
    event = make_circle()
    ada, bo = join(event, "Ada Ek"), join(event, "Bo Al")
    token, _holder = leader_of(event)

    sent(browser, f"/en/leader/{token}", meeting=2, was=[f"{ada}:0", f"{bo}:0"], do="all")

    assert sheet_of(record_of(event), clock.now()).meetings[1].participants == 2


def test_a_form_sends_on_only_what_was_touched(browser):
    event = make_circle()
    ada, bo = join(event, "Ada Ek"), join(event, "Bo Al")
    token, _holder = leader_of(event)
    address = f"/en/leader/{token}"
    fields = hidden_fields(browser.get(address).text)
    take_attendance(event.id, part_of(event, 1), Marks(present={bo: True}, guests=3), by=SYSTEM)  # another phone

    values = {"meeting": 1, "here": [ada], "was": [f"{ada}:0", f"{bo}:0"], "guests": "0", "guests_were": "0"}
    browser.post(address, data={**fields, **values})

    row = sheet_of(record_of(event), clock.now()).meetings[0]
    assert (row.participants, row.guests) == (2, 3)


def test_a_tap_is_answered_without_a_page(browser):
    event = make_circle()
    ada = join(event, "Ada Ek")
    token, _holder = leader_of(event)

    answer = sent(browser, f"/en/leader/{token}", meeting=1, tap="1", here=[ada], was=[f"{ada}:0"], age="30")
    early = sent(browser, f"/en/leader/{token}", meeting=4, tap="1", here=[ada], was=[f"{ada}:0"])

    assert (answer.status_code, answer.text) == (204, "")
    assert (early.status_code, early.text) == (422, "The meeting is on 2026-11-25. Take attendance from then on.")
    assert registration(ada).checked_in_at == clock.now() - timedelta(seconds=30)


def test_leader_page_keeps_what_was_typed_when_a_number_is_wrong(browser):
    event = make_circle()
    ada, bo = join(event, "Ada Ek"), join(event, "Bo Al")
    token, _holder = leader_of(event)

    answer = sent(
        browser, f"/en/leader/{token}", meeting=1, here=[ada], was=[f"{ada}:0", f"{bo}:1"], guests="many", do="save"
    )

    assert answer.status_code == 422
    assert 'value="many"' in answer.text
    ticked = {e.get("value") for e in check("leader", answer).all("input", name="here") if e.get("checked") is not None}
    assert ticked == {ada}


def test_enter_in_a_field_saves_and_does_not_mark_all(browser):
    event = make_circle()
    join(event, "Ada Ek")
    token, _holder = leader_of(event)

    form = page_of(browser, f"/en/leader/{token}").one("form", class_="take__form")

    assert next(e.get("value") for e in form.iter("button")) == "save"


def test_leader_page_is_not_found_without_a_living_link(browser):
    make_circle()

    assert browser.get("/en/leader/" + "A" * 43).status_code == 404


def test_meter_says_the_exact_amount_that_is_missing(browser):
    event = make_circle({"study_hours_per_meeting": 2}, minutes=90, dates=["2026-11-04T18:00", "2026-11-11T18:00"])
    join(event, "Ada Ek")
    signed_in(browser)

    page = browser.get(f"/en/organise/events/{event.key}/study").text

    assert "1 meeting is missing" in page
    assert "5 study hours are missing" in page
    assert "1 person more must join" in page


def test_sheet_names_people_to_organizers_and_gives_editors_counts(browser):
    event = make_circle()
    join(event, "Ada Canary")
    signed_in(browser)
    organizers = browser.get(f"/en/organise/events/{event.key}/study").text
    signed_in(browser, Role.EDITOR)
    editors = browser.get(f"/en/organise/events/{event.key}/study").text

    assert "Ada Canary" in organizers
    assert "Canary" not in editors
    assert "Study hours" in editors


def test_attendance_list_has_an_empty_column_for_identity_numbers(browser):
    event = make_circle()
    ada = join(event, "Ada Ek")
    take_attendance(event.id, part_of(event, 1), Marks(present={ada: True}), by=SYSTEM)
    signed_in(browser)

    page = browser.get(f"/en/organise/events/{event.key}/study/list").text

    row = re.search(r"<tr>\s*<td>1</td>.*?</tr>", page, re.DOTALL)
    assert row
    cells = [
        re.sub(r"<[^>]*>", "", cell).strip() for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row[0], re.DOTALL)
    ]
    assert cells == ["1", "Ada Ek", "", "X", "–", "–", "", "3"]
    for text in ("Folkets förbund", "C-1", "Gerd Ledare", "Identity number"):
        assert text in page


def test_attendance_list_of_nobody_has_lines_to_write_on(browser):
    event = make_circle()
    signed_in(browser)

    page = browser.get(f"/en/organise/events/{event.key}/study/list").text

    assert page.count("empty line") == 4


def test_lists_with_names_are_not_for_editors(browser):
    event = make_circle()
    signed_in(browser, Role.EDITOR)

    for page in ("study/list", "study/certificates", "study/attendance"):
        assert browser.get(f"/en/organise/events/{event.key}/{page}").status_code == 403
    assert browser.get(f"/en/organise/events/{event.key}/study/hours.csv").status_code == 200


def test_hours_export_has_a_row_for_each_meeting_in_the_associations_shape(browser):
    event = make_circle()
    ada = join(event, "=Ada Ek")
    take_attendance(event.id, part_of(event, 1), Marks(present={ada: True}, guests=2), by=SYSTEM)
    signed_in(browser)

    answer = browser.get(f"/en/organise/events/{event.key}/study/hours.csv")
    rows = rows_of(answer)

    assert answer.headers["Content-Disposition"] == f'attachment; filename="hours-{event.key}.csv"'
    assert [row["Attendance"] for row in rows] == ["taken", "missing", "missing", "to come"]
    assert rows[0] == {
        "Circle": "The circle",
        "Number": "C-1",
        "Association": "Folkets förbund",
        "Leader": "Gerd Ledare",
        "Leader's approval": "L-1",
        "Meeting": "1",
        "Date": "2026-11-04",
        "Start": "18:00",
        "End": "20:15",
        "Study minutes": "135",
        "Study hours": "3",
        "Participants": "1",
        "Guests": "2",
        "Attendance": "taken",
    }
    assert "Ada" not in answer.text
    assert browser.get(f"/en/organise/events/{event.key}/study/hours.xlsx").data[:2] == b"PK"


def test_certificate_is_there_for_who_came_to_enough_when_all_is_over(browser):
    event = make_circle(dates=["2026-11-04T18:00", "2026-11-11T18:00", "2026-11-18T18:00"])
    ada, bo = join(event, "Ada Ek"), join(event, "Bo Al")
    for number in (1, 2, 3):
        take_attendance(event.id, part_of(event, number), Marks(present={ada: True, bo: number == 1}), by=SYSTEM)
    mine, other = of_person(event, ada), of_person(event, bo)

    page = browser.get(f"/en/registrations/{mine}/certificate")
    own = browser.get(f"/en/registrations/{mine}")

    assert page.status_code == 200
    assert "Ada Ek" in page.text
    assert "9 study hours of 45 minutes, 3 meetings" in page.text
    assert f"/en/registrations/{mine}/certificate" in own.text
    assert browser.get(f"/en/registrations/{other}/certificate").status_code == 404
    signed_in(browser)
    every = browser.get(f"/en/organise/events/{event.key}/study/certificates").text
    assert ("Ada Ek" in every, "Bo Al" in every) == (True, False)


def test_certificate_is_not_there_while_meetings_are_left_or_none_are_given(browser):
    running, without = make_circle(), make_circle({"certificates": False})
    for event in (running, without):
        ada = join(event, "Ada Ek")
        for number in (1, 2, 3):
            take_attendance(event.id, part_of(event, number), Marks(present={ada: True}), by=SYSTEM)
        token = of_person(event, ada)
        assert browser.get(f"/en/registrations/{token}/certificate").status_code == 404


# ---- readings

READINGS = [
    {"meeting": 1, "title": "canary-open", "file": "open", "access": "public"},
    {"meeting": 1, "title": "canary-usual", "file": "usual"},
    {"meeting": 1, "title": "canary-registered", "file": "registered", "access": "registered"},
    {"meeting": 4, "title": "canary-later", "file": "later", "access": "public", "available_days": 3},
    {"meeting": 4, "title": "canary-dated", "file": "dated", "access": "public", "available_from": "2026-12-24"},
]


def with_readings():
    event = make_circle({"readings": READINGS})
    for place in range(len(READINGS)):
        services.upload_file(event.id, place, PDF, by=SYSTEM)
    return event


def canaries(text):
    return sorted(set(re.findall(r"canary-\w+", text)))


def files(browser, prefix):
    return [r["file"] for r in READINGS if browser.get(f"{prefix}/readings/{r['file']}.pdf").status_code == 200]


def test_readings_are_seen_and_fetched_by_those_who_may_have_them_from_when_they_are_let_out(browser):
    event = with_readings()
    public, own = f"/en/events/{event.key}", f"/en/registrations/{of_person(event, join(event, 'Ada Ek'))}"

    assert canaries(browser.get(public).text) == ["canary-open", "canary-usual"]
    assert files(browser, public) == ["open"]
    assert canaries(browser.get(own).text) == ["canary-open", "canary-registered", "canary-usual"]
    assert files(browser, own) == ["open", "usual", "registered"]
    with clock.fixed(clock.now() + timedelta(days=1, hours=14)):  # 22 November in Stockholm ends at 23 UTC
        assert "canary-later" in browser.get(public).text
        assert "later" in files(browser, public)
        assert "canary-dated" not in browser.get(own).text
    signed_in(browser)
    assert files(browser, f"/en/organise/events/{event.key}") == ["open", "usual", "registered", "later", "dated"]


def test_readings_of_a_guarded_event_are_told_to_nobody_outside(browser):
    event = make_circle({"readings": READINGS}, safety="guarded")
    services.upload_file(event.id, 0, PDF, by=SYSTEM)
    public = f"/en/events/{event.key}"

    assert canaries(browser.get(public).text) == []
    assert files(browser, public) == []


def test_who_has_withdrawn_gets_what_everybody_gets(browser):
    event = with_readings()
    ada = join(event, "Ada Ek")
    own = f"/en/registrations/{of_person(event, ada)}"
    sent(browser, own, action="withdraw")

    assert registration(ada).status == "withdrawn"
    assert files(browser, own) == ["open"]


def test_a_file_is_only_ever_a_download(browser):
    event = with_readings()

    answer = browser.get(f"/en/events/{event.key}/readings/open.pdf")

    assert answer.data == PDF
    assert answer.headers["Content-Disposition"] == 'attachment; filename="open.pdf"'
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_upload_keeps_a_pdf_and_has_its_reading_name_it(browser):
    event = make_circle({"readings": [{"meeting": 1, "title": "Kartan över ån"}]})
    signed_in(browser, Role.EDITOR)
    address = f"/en/organise/events/{event.key}/readings"
    values = {"reading": "0", "file": (io.BytesIO(b"%PDF-1.7" + b"x" * 3_000_000), "whatever.exe")}

    answer = sent(browser, address, **values)

    assert answer.status_code == 303
    assert record_of(event).details["study"]["readings"][0]["file"] == "kartan-over-an"
    assert find_file(event.id, "kartan-over-an").size == 3_000_008
    removed = browser.post(f"{address}/kartan-over-an/delete", data=hidden_fields(browser.get(address).text))
    assert removed.status_code == 303
    assert find_file(event.id, "kartan-over-an") is None


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "Choose a file."),
        (b"<html>%PDF-", "This is no PDF."),
        (b"%PDF-" + b"x" * (10 * 1024 * 1024), "A file has at most 10 MB."),
    ],
)
def test_upload_refuses_what_is_no_pdf_or_too_large(browser, content, text):
    event = make_circle({"readings": [{"meeting": 1, "title": "Kartan"}]})
    signed_in(browser, Role.EDITOR)

    answer = sent(
        browser, f"/en/organise/events/{event.key}/readings", reading="0", file=(io.BytesIO(content), "kartan.pdf")
    )

    assert answer.status_code == 422
    assert text in answer.text
    assert db.session.scalar(select(func.count()).select_from(ReadingFile)) == 0


def test_other_forms_take_no_more_than_before(browser):
    signed_in(browser)
    body = {"file": (io.BytesIO(b"x" * 3_000_000), "x.pdf")}

    assert upload(browser, "/en/organise/venues/new", body).status_code == 413


def test_remove_file_empties_the_reading_that_named_it(app_ctx):
    event = with_readings()

    services.remove_file(event.id, "open", by=SYSTEM)

    assert find_file(event.id, "open") is None
    assert "file" not in record_of(event).details["study"]["readings"][0]
    with pytest.raises(NotFound):
        services.remove_file(event.id, "open", by=SYSTEM)


def test_a_copy_of_an_event_has_its_files_and_dates_moved_along(app_ctx):
    event = with_readings()

    copy = duplicate_event(event.id, days=7, by=SYSTEM)

    assert find_file(copy.id, "usual").content == PDF
    assert record_of(copy).details["study"]["readings"][4]["available_from"] == "2026-12-31"


# ---- terms of funding, the gate, today


def test_terms_that_are_entered_hold_before_those_of_the_program(app_ctx):
    own = replace(DEFAULTS[0], association="folk", hours_min=13, valid_from=date(2026, 1, 1))
    event = make_circle()
    assert check_event(event.id).missing == ()

    key = services.save_terms(None, own, by=SYSTEM)

    assert [finding.code for finding in check_event(event.id).missing] == ["study.total_hours"]
    assert key == "studiecirkel-folk-2026-01-01"
    assert len(every_terms()) == 3
    services.remove_terms(key, by=SYSTEM)
    assert every_terms() == DEFAULTS


def test_save_terms_refuses_the_same_day_twice_and_unknown_associations(app_ctx):
    make_circle()
    services.save_terms(None, DEFAULTS[0], by=SYSTEM)

    for terms, code in (
        (DEFAULTS[0], "terms.known"),
        (replace(DEFAULTS[0], association="nobody"), "terms.association"),
        (replace(DEFAULTS[0], form="single"), "terms.form"),
        (replace(DEFAULTS[0], valid_from=date(2027, 1, 1), people_max=1), "terms.people"),
    ):
        with pytest.raises(Refused) as caught:
            services.save_terms(None, terms, by=SYSTEM)
        assert caught.value.code == code


def test_terms_are_edited_on_their_page_and_exported(browser):
    make_circle()
    signed_in(browser)
    address = "/en/organise/settings/funding-terms/studiecirkel-all-2015-01-01"

    answer = sent(
        browser,
        address,
        form="studiecirkel",
        association="",
        valid_from="2015-01-01",
        hours_min="12",
        people_min="3",
        people_max="",
    )

    assert answer.status_code == 303
    (row,) = export()["funding_terms"]
    assert (row["hours_min"], row["people_min"], row.get("people_max")) == (12, 3, None)


def test_programme_files_carry_terms_and_readings_there_and_back(app_ctx):
    event = make_circle({"readings": READINGS, "meetings": [{"meeting": 2, "minutes": 60}]})
    services.save_terms(None, replace(DEFAULTS[0], association="folk", own_hours_min=0), by=SYSTEM)
    tables = export()

    again = load([Source("again.json", {**tables, "generator": {}})])

    assert (again.new, again.changed) == ({}, {})
    changed = {**tables["funding_terms"][0], "hours_min": 12}
    load([Source("more.json", {"funding_terms": [changed]})])
    assert [terms.hours_min for terms in every_terms() if terms.association == "folk"] == [12]
    assert record_of(event).details["study"]["meetings"] == [{"meeting": 2, "minutes": 60}]


def said(app, event, role=Role.ORGANIZER):
    with app.test_request_context("/en/organise/today"), in_language("en"):
        return [todo.text for todo in todos([record_of(event)], Actor(account_id=1, role=role), clock.now())]


def asked_for(app, event, role=Role.ORGANIZER):
    return [text for text in said(app, event, role) if text.startswith("Take attendance")]


def test_todos_ask_for_attendance_that_was_not_taken(app_ctx):
    event = make_circle()
    assert asked_for(app_ctx, event) == []  # there is nobody in it
    ada = join(event, "Ada Ek")
    take_attendance(event.id, part_of(event, 1), Marks(present={ada: True}), by=SYSTEM)
    take_attendance(event.id, part_of(event, 2), Marks(), by=SYSTEM)

    assert len(asked_for(app_ctx, event)) == 1
    assert asked_for(app_ctx, event)[0].startswith("Take attendance of meeting 3")
    assert asked_for(app_ctx, event, Role.EDITOR) == []


def test_todos_say_what_a_circle_lacks_when_one_meeting_is_left(app_ctx):
    event = make_circle()
    for name in ("Ada Ek", "Bo Al"):
        row_id = join(event, name)
        for number in (1, 2, 3):
            take_attendance(event.id, part_of(event, number), Marks(present={row_id: True}), by=SYSTEM)
    assert said(app_ctx, event) == []

    for number in (1, 2):
        take_attendance(event.id, part_of(event, number), Marks(minutes=100), by=SYSTEM)
    take_attendance(event.id, part_of(event, 3), Marks(minutes=45), by=SYSTEM)

    assert said(app_ctx, event)[0].startswith("The circle falls short of its terms: 1 study hour is missing.")


def test_todos_ask_for_the_leaders_approval(app_ctx):
    event = make_circle({"leader_approval": ""})

    assert said(app_ctx, event)[-1] == "Note the association's approval of the leader"


def test_single_evenings_have_no_terms_and_a_list_all_the_same(browser):
    event = make_circle({"form": "single"}, dates=["2026-11-18T18:00"])
    signed_in(browser)

    page = browser.get(f"/en/organise/events/{event.key}/study").text

    assert sheet_of(record_of(event), clock.now()).meter is None
    assert "How the circle stands" not in page
    assert check_event(event.id).missing == ()


def test_other_kinds_have_no_attendance_pages(browser):
    event = make_event()
    signed_in(browser)

    assert browser.get(f"/en/organise/events/{event.key}/study").status_code == 404


def test_details_that_may_be_shown_have_no_approval_and_no_number(app_ctx):
    event = make_circle()

    shown = record_of(event).details["study"]

    assert ("leader_approval" in shown, "number" in shown) == (False, False)
