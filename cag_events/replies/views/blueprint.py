"""The blueprint of the room's pages."""

from flask import Blueprint

bp = Blueprint("replies", __name__)
