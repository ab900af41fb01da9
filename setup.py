"""What setup.cfg cannot say: migrations stand at the top of the checkout and inside the installed package."""

from setuptools import find_packages, setup

MIGRATIONS = ["cag_events.migrations", "cag_events.migrations.versions"]

setup(
    packages=find_packages(include=["cag_events", "cag_events.*"]) + MIGRATIONS,
    package_dir={"cag_events.migrations": "migrations", "cag_events.migrations.versions": "migrations/versions"},
)
