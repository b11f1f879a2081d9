"""The ledger complete: what credits cost, debts and deadlines; Stripe's events; nightly comparisons with Stripe.

Revision: 0006
Down: 0005
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

LEDGER = """
ALTER TABLE users ADD COLUMN credit_debt INTEGER NOT NULL DEFAULT 0 CHECK (credit_debt >= 0);

ALTER TABLE credit_entries
    ADD COLUMN debt INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN cents INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN grant_reference TEXT,
    DROP CONSTRAINT credit_entries_amount_check,
    DROP CONSTRAINT credit_entries_kind_check,
    ADD CONSTRAINT credit_entries_amount_check CHECK (amount <> 0 OR debt <> 0),
    ADD CONSTRAINT credit_entries_kind_check CHECK (kind IN
        ('signup', 'admin', 'plan', 'topup', 'open_mic', 'generation', 'refund', 'dispute', 'expiry',
         'debt', 'reinstated'));
CREATE INDEX idx_credit_entries_empty ON credit_entries(user_id, position DESC) WHERE balance_after = 0;
CREATE INDEX idx_credit_entries_grant ON credit_entries(grant_reference) WHERE grant_reference IS NOT NULL;
CREATE INDEX idx_credit_entries_expires_at ON credit_entries(expires_at) WHERE expires_at IS NOT NULL;

ALTER TABLE credit_reservations ADD COLUMN deadline_at TIMESTAMPTZ;
UPDATE credit_reservations SET deadline_at = created_at + interval '32 days';
ALTER TABLE credit_reservations ALTER COLUMN deadline_at SET NOT NULL;
CREATE INDEX idx_credit_reservations_deadline ON credit_reservations(deadline_at) WHERE status = 'held';

ALTER TABLE subscriptions
    ADD COLUMN next_tier TEXT CHECK (next_tier IN ('indie_artist', 'artist', 'label')),
    ADD COLUMN paid_at TIMESTAMPTZ,
    ADD COLUMN paused_until TIMESTAMPTZ,
    ADD COLUMN read_at TIMESTAMPTZ;
"""

TABLES = """
CREATE TABLE payment_events (
    id TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    payload JSONB NOT NULL,
    status TEXT NOT NULL DEFAULT 'received' CHECK (status IN ('received', 'handled', 'ignored', 'failed')),
    tries INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    received_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    handled_at TIMESTAMPTZ
);
CREATE INDEX idx_payment_events_open ON payment_events(received_at) WHERE status IN ('received', 'failed');

CREATE TABLE reconciliations (
    day DATE PRIMARY KEY,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    ended_at TIMESTAMPTZ,
    facts INTEGER NOT NULL DEFAULT 0,
    repaired JSONB NOT NULL DEFAULT '[]',
    differences JSONB NOT NULL DEFAULT '[]'
);
"""

NAMES = ("payment_events", "reconciliations")


def upgrade() -> None:
    op.execute(LEDGER)
    op.execute(TABLES)
    for table in NAMES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY {table}_service ON {table} TO vannilli_service USING (true) WITH CHECK (true)"
        )
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO vannilli_service")


def downgrade() -> None:
    for table in reversed(NAMES):
        op.execute(f"DROP TABLE {table}")
    op.execute("""
        ALTER TABLE subscriptions DROP COLUMN next_tier, DROP COLUMN paid_at, DROP COLUMN paused_until,
            DROP COLUMN read_at;
        ALTER TABLE credit_reservations DROP COLUMN deadline_at;
        DROP INDEX idx_credit_entries_empty, idx_credit_entries_grant, idx_credit_entries_expires_at;
        ALTER TABLE credit_entries DISABLE TRIGGER append_only;
        DELETE FROM credit_entries WHERE amount = 0;
        UPDATE credit_entries SET kind = 'admin' WHERE kind IN ('debt', 'reinstated');
        ALTER TABLE credit_entries ENABLE TRIGGER append_only;
        ALTER TABLE credit_entries
            DROP CONSTRAINT credit_entries_amount_check,
            DROP CONSTRAINT credit_entries_kind_check,
            DROP COLUMN debt, DROP COLUMN cents, DROP COLUMN grant_reference,
            ADD CONSTRAINT credit_entries_amount_check CHECK (amount <> 0),
            ADD CONSTRAINT credit_entries_kind_check CHECK (kind IN
                ('signup', 'admin', 'plan', 'topup', 'open_mic', 'generation', 'refund', 'dispute', 'expiry'));
        ALTER TABLE users DROP COLUMN credit_debt;
    """)
