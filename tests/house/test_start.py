"""What a start reads: nothing heavy that only some requests or commands need."""

import subprocess
import sys

LATE = (
    *("alembic", "argon2", "highspy", "icalendar", "limits", "openpyxl", "segno", "smtplib", "xlsxwriter"),
    *("granian", "psycopg"),
)
SCRIPT = """
import sys
import cag_events.app
print(*sorted(name for name in sys.argv[1:] if name in sys.modules))
"""


def test_application_is_imported_without_what_few_requests_need():
    done = subprocess.run([sys.executable, "-c", SCRIPT, *LATE], capture_output=True, text=True, check=True)

    assert done.stdout.split() == []
