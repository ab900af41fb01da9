"""the search texts of events, one table for each level of disclosure"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LEVELS = ("public", "members", "team")


def upgrade() -> None:
    """Make FTS5 tables on SQLite, on PostgreSQL plain ones with an index of words."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for level in LEVELS:
        name = f"search_{level}"
        if is_sqlite:
            op.execute(
                f"CREATE VIRTUAL TABLE {name} USING fts5("
                "words, detail=none, columnsize=0, prefix='3 4', tokenize='unicode61 remove_diacritics 0')"
            )
        else:
            op.execute(
                f"CREATE TABLE {name} (event_id INTEGER PRIMARY KEY REFERENCES event (id) ON DELETE CASCADE, "
                "words TEXT NOT NULL)"
            )
            op.execute(
                f"CREATE INDEX ix_{name}_words ON {name} USING gin (array_to_tsvector(string_to_array(words, ' ')))"
            )


def downgrade() -> None:
    """Drop them."""
    for level in LEVELS:
        op.execute(f"DROP TABLE search_{level}")
