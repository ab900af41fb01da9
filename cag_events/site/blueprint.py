"""The blueprint of the public pages; every module of views here hangs its pages on it."""

from flask import Blueprint

bp = Blueprint("site", __name__)
