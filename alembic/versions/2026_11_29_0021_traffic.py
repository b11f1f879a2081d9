"""Traffic by day: requests, what was unchanged, bytes.

Revision: 0021
Down: 0020
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE traffic (
    day DATE PRIMARY KEY,
    requests BIGINT NOT NULL DEFAULT 0,
    unchanged BIGINT NOT NULL DEFAULT 0,
    bytes BIGINT NOT NULL DEFAULT 0
);
ALTER TABLE traffic ENABLE ROW LEVEL SECURITY;
ALTER TABLE traffic FORCE ROW LEVEL SECURITY;
CREATE POLICY traffic_service ON traffic TO vannilli_service USING (true) WITH CHECK (true);
CREATE POLICY traffic_admin ON traffic FOR SELECT TO vannilli_admin USING ((SELECT vannilli_is_admin()));
GRANT SELECT, INSERT, UPDATE, DELETE ON traffic TO vannilli_service;
GRANT SELECT ON traffic TO vannilli_admin;
"""


def upgrade() -> None:
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("DROP TABLE traffic")
