"""The blueprint of the messages room's pages."""

from flask import Blueprint

bp = Blueprint("messages", __name__)
