"""Release kits: which finished videos have one, or are about to.

Revision: 0018
Down: 0017
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE release_kits (
    generation_id UUID PRIMARY KEY REFERENCES generations(id) ON DELETE CASCADE,
    user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'ready', 'failed')),
    progress DOUBLE PRECISION NOT NULL DEFAULT 0,
    size_bytes BIGINT,
    claim UUID,
    due_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    tries INTEGER NOT NULL DEFAULT 0,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    ready_at TIMESTAMPTZ
);
CREATE INDEX idx_release_kits_user_id ON release_kits(user_id);
CREATE INDEX idx_release_kits_due_at ON release_kits(due_at) WHERE status = 'pending';
ALTER TABLE release_kits ENABLE ROW LEVEL SECURITY;
ALTER TABLE release_kits FORCE ROW LEVEL SECURITY;
CREATE POLICY release_kits_service ON release_kits TO vannilli_service USING (true) WITH CHECK (true);
CREATE POLICY release_kits_select_own ON release_kits FOR SELECT USING (auth.uid() = user_id);
GRANT SELECT ON release_kits TO vannilli_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON release_kits TO vannilli_service;
"""


def upgrade() -> None:
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("DROP TABLE release_kits")
