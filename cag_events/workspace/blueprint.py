"""The blueprint of the workspace's own pages; every module of views here hangs its pages on it."""

from flask import Blueprint

bp = Blueprint("workspace", __name__)
