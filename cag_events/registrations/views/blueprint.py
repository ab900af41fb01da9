"""The blueprint of the room."""

from flask import Blueprint

bp = Blueprint("registrations", __name__)
