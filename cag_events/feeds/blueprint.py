"""The blueprint of the feeds room; every module of views here hangs its addresses on it."""

from flask import Blueprint, Flask
from flask.blueprints import BlueprintSetupState

from cag_events.feeds.warm import memory_of

bp = Blueprint("feeds", __name__)


@bp.record_once
def _put_the_door_up(state: BlueprintSetupState) -> None:
    assert isinstance(state.app, Flask)
    memory_of(state.app)
