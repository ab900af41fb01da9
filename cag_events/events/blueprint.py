"""The blueprint of the events room: every module of its views hangs its pages on it."""

from flask import Blueprint

bp = Blueprint("events", __name__)
