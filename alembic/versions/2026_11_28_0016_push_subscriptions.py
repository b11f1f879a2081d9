"""Browsers that are told when a video is done, and whether they were.

Revision: 0016
Down: 0015
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE push_subscriptions (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    endpoint TEXT NOT NULL UNIQUE,
    p256dh TEXT NOT NULL,
    auth TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX idx_push_subscriptions_user_id ON push_subscriptions(user_id);
ALTER TABLE push_subscriptions ENABLE ROW LEVEL SECURITY;
ALTER TABLE push_subscriptions FORCE ROW LEVEL SECURITY;
CREATE POLICY push_subscriptions_service ON push_subscriptions TO vannilli_service
    USING (true) WITH CHECK (true);
CREATE POLICY push_subscriptions_select_own ON push_subscriptions FOR SELECT USING (auth.uid() = user_id);
GRANT SELECT ON push_subscriptions TO vannilli_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON push_subscriptions TO vannilli_service;

ALTER TABLE generations ADD COLUMN told_at TIMESTAMPTZ;
UPDATE generations SET told_at = completed_at WHERE status = 'completed';
"""


def upgrade() -> None:
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("ALTER TABLE generations DROP COLUMN told_at")
    op.execute("DROP TABLE push_subscriptions")
