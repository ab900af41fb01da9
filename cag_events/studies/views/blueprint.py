"""The blueprint of the room."""

from flask import Blueprint

bp = Blueprint("studies", __name__)
