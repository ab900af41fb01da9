"""The pages of the exhibitions room."""

from flask import Blueprint

bp = Blueprint("exhibitions", __name__)
