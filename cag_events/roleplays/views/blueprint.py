"""The blueprint of the room."""

from flask import Blueprint

bp = Blueprint("roleplays", __name__)
