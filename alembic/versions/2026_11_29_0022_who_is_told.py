"""Who is told what: the session by which a browser asked, and the language of whoever reported a video.

Of the browsers that are there already the session is not known; they are forgotten with the next session of their
person that ends.

Revision: 0022
Down: 0021
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

COLUMNS = """
ALTER TABLE push_subscriptions ADD COLUMN session_id UUID REFERENCES sessions(id) ON DELETE CASCADE;
CREATE INDEX idx_push_subscriptions_session_id ON push_subscriptions(session_id);
ALTER TABLE content_reports ADD COLUMN language TEXT NOT NULL DEFAULT 'en';
"""


def upgrade() -> None:
    op.execute(COLUMNS)


def downgrade() -> None:
    op.execute("ALTER TABLE content_reports DROP COLUMN language")
    op.execute("ALTER TABLE push_subscriptions DROP COLUMN session_id")
