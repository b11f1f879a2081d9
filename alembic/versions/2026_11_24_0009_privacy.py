"""What a person may ask about their data: a copy of all of it, and that none of it is sold.

Revision: 0009
Down: 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE exports (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'ready', 'failed')),
    size_bytes BIGINT,
    claim UUID,
    due_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    tries INTEGER NOT NULL DEFAULT 0,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    ready_at TIMESTAMPTZ
);
CREATE INDEX idx_exports_user_id ON exports(user_id);
CREATE INDEX idx_exports_due_at ON exports(due_at) WHERE status = 'pending';
CREATE UNIQUE INDEX one_pending_export_per_person ON exports(user_id) WHERE status = 'pending';
ALTER TABLE exports ENABLE ROW LEVEL SECURITY;
ALTER TABLE exports FORCE ROW LEVEL SECURITY;
CREATE POLICY exports_service ON exports TO vannilli_service USING (true) WITH CHECK (true);
CREATE POLICY exports_select_own ON exports FOR SELECT USING (auth.uid() = user_id);
GRANT SELECT ON exports TO vannilli_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON exports TO vannilli_service;

ALTER TABLE users ADD COLUMN do_not_sell_at TIMESTAMPTZ;
"""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    op.execute("ALTER TABLE users DROP COLUMN do_not_sell_at")
    op.execute("DROP TABLE exports")
