"""The second factor, its recovery codes, when a session last proved who it is, and the pauses after wrong passwords.

Revision: 0008
Down: 0007
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE second_factors (
    user_id UUID PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE,
    secret TEXT NOT NULL,
    last_step BIGINT NOT NULL DEFAULT 0,
    confirmed_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE recovery_codes (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    code_hash TEXT NOT NULL UNIQUE,
    used_at TIMESTAMPTZ
);
CREATE INDEX idx_recovery_codes_user_id ON recovery_codes(user_id);

CREATE TABLE sign_in_failures (
    email_hash TEXT PRIMARY KEY,
    failures INTEGER NOT NULL CHECK (failures >= 1),
    last_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX idx_sign_in_failures_last_at ON sign_in_failures(last_at);

ALTER TABLE sessions ADD COLUMN proven_at TIMESTAMPTZ NOT NULL DEFAULT now();
"""

# Only the service reads them: a stolen session must not learn what the second factor is.
NAMES = ("second_factors", "recovery_codes", "sign_in_failures")


def upgrade() -> None:
    op.execute(TABLES)
    for table in NAMES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY {table}_service ON {table} TO vannilli_service USING (true) WITH CHECK (true)"
        )
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO vannilli_service")


def downgrade() -> None:
    op.execute("ALTER TABLE sessions DROP COLUMN proven_at")
    for table in reversed(NAMES):
        op.execute(f"DROP TABLE {table}")
