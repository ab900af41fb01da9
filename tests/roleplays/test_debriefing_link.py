"""The debriefing by the link on the wall: nobody fills it for all others, however fast they type."""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from cag_events import clock
from cag_events.roleplays.codes import DEBRIEFING, link_token
from cag_events.roleplays.queries import debriefings_of
from tests.factories import at, hidden_fields
from tests.roleplays.games import make_game

AFTER = at("2026-12-03T20:30")


def test_forms_of_one_browser_end_at_a_number_that_a_class_does_not_reach(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event = make_game()
        event_id, wall = event.id, f"/en/debriefings/{link_token(event.uid, DEBRIEFING)}"

    answers = []
    for number in range(41):
        with clock.fixed(AFTER + timedelta(seconds=20 * number)):
            fields = hidden_fields(client.get(wall).text)
        with clock.fixed(AFTER + timedelta(seconds=20 * number + 10)):
            answers.append(client.post(wall, data={**fields, "q0": "again"}).status_code)

    assert answers == [303] * 40 + [429]
    with app.app_context():
        assert len(debriefings_of(event_id)) == 40
