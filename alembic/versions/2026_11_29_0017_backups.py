"""Backups: which night's is being made, by whom, and where it is.

Revision: 0017
Down: 0016
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE backups (
    day DATE PRIMARY KEY,
    claim UUID,
    due_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    tries INTEGER NOT NULL DEFAULT 0,
    name TEXT,
    size_bytes BIGINT,
    ended_at TIMESTAMPTZ
);
CREATE INDEX idx_backups_due_at ON backups(due_at) WHERE ended_at IS NULL;
ALTER TABLE backups ENABLE ROW LEVEL SECURITY;
ALTER TABLE backups FORCE ROW LEVEL SECURITY;
CREATE POLICY backups_service ON backups TO vannilli_service USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON backups TO vannilli_service;
"""


def upgrade() -> None:
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("DROP TABLE backups")
