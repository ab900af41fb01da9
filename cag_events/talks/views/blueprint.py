"""The blueprint of the room."""

from flask import Blueprint

bp = Blueprint("talks", __name__)
