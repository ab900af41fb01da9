"""The blueprint of the door."""

from flask import Blueprint

bp = Blueprint("door", __name__)
