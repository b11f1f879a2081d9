"""What counts against the free tier's limit, apart from projects and accounts, which may be deleted within the day.

Revision: 0011
Down: 0010
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE free_uses (
    use_id UUID NOT NULL,
    key TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (use_id, key)
);
CREATE INDEX idx_free_uses_key ON free_uses(key);
CREATE INDEX idx_free_uses_created_at ON free_uses(created_at);
ALTER TABLE free_uses ENABLE ROW LEVEL SECURITY;
ALTER TABLE free_uses FORCE ROW LEVEL SECURITY;
CREATE POLICY free_uses_service ON free_uses TO vannilli_service USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON free_uses TO vannilli_service;
"""


def upgrade() -> None:
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("DROP TABLE free_uses")
