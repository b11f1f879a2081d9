"""Files that come in parts, the beats that were heard in them, and performances that are nudged.

Revision: 0020
Down: 0019
"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

COLUMNS = """
ALTER TABLE assets
    ADD COLUMN upload TEXT,
    ADD COLUMN part_bytes INTEGER,
    ADD COLUMN beats JSONB,
    ADD COLUMN nudge_ms INTEGER NOT NULL DEFAULT 0;
GRANT UPDATE (upload, part_bytes, beats, nudge_ms) ON assets TO vannilli_app;
"""


def upgrade() -> None:
    op.execute(COLUMNS)


def downgrade() -> None:
    for column in ("nudge_ms", "beats", "part_bytes", "upload"):
        op.execute(f"ALTER TABLE assets DROP COLUMN {column}")
