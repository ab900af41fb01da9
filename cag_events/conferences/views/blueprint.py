"""The blueprint that every page of the conferences room belongs to."""

from flask import Blueprint

bp = Blueprint("conferences", __name__)
