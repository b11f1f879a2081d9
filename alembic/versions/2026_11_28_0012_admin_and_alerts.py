"""A role that reads for admins, what each cost and each earning belongs to, bans, and alerts with their messages.

Revision: 0012
Down: 0011

`vannilli_is_admin` runs as the service, which may read everybody: as the caller it would ask its own policy again.
Logins of `DATABASE_SERVICE_URL` need `GRANT vannilli_admin TO ...` besides.
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ROLE = """
DO $$ BEGIN
    CREATE ROLE vannilli_admin NOLOGIN NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
GRANT vannilli_admin TO CURRENT_USER;
GRANT USAGE ON SCHEMA public, auth TO vannilli_admin;

CREATE FUNCTION vannilli_is_admin() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM users WHERE id = auth.uid() AND role = 'admin')
$$;
GRANT CREATE ON SCHEMA public TO vannilli_service;
ALTER FUNCTION vannilli_is_admin() OWNER TO vannilli_service;
REVOKE CREATE ON SCHEMA public FROM vannilli_service;
"""

COLUMNS = """
ALTER TABLE users ADD COLUMN banned_at TIMESTAMPTZ;
CREATE INDEX idx_users_created_at ON users(created_at);

ALTER TABLE generations ADD COLUMN tier TEXT NOT NULL DEFAULT 'free';
UPDATE generations SET tier = users.tier FROM projects, users
    WHERE projects.id = generations.project_id AND users.id = projects.user_id AND NOT generations.free_tier;
CREATE INDEX idx_generations_created_at ON generations(created_at, id);

ALTER TABLE provider_tasks ADD COLUMN tier TEXT;
UPDATE provider_tasks SET tier = generations.tier FROM generations WHERE generations.id = generation_id;
CREATE INDEX idx_provider_tasks_created_at ON provider_tasks(created_at);

ALTER TABLE credit_entries
    ADD COLUMN tier TEXT,
    ADD COLUMN provider TEXT,
    DROP CONSTRAINT credit_entries_kind_check,
    ADD CONSTRAINT credit_entries_kind_check CHECK (kind IN
        ('signup', 'admin', 'plan', 'topup', 'open_mic', 'generation', 'refund', 'dispute', 'expiry',
         'debt', 'reinstated', 'returned'));
ALTER TABLE credit_entries DISABLE TRIGGER append_only;
UPDATE credit_entries SET tier = generations.tier, provider = generations.provider FROM generations
    WHERE reference = 'generation:' || generations.id;
ALTER TABLE credit_entries ENABLE TRIGGER append_only;
CREATE INDEX idx_credit_entries_created_at ON credit_entries(created_at);
"""

TABLES = """
CREATE TABLE alert_claims (
    rule TEXT NOT NULL,
    place TEXT NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (rule, place)
);

CREATE TABLE incidents (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    rule TEXT NOT NULL,
    subject TEXT NOT NULL DEFAULT '',
    value DOUBLE PRECISION NOT NULL,
    sentence TEXT NOT NULL,
    opened_at TIMESTAMPTZ NOT NULL,
    well_since TIMESTAMPTZ,
    recovered_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX one_open_incident ON incidents(rule, subject) WHERE recovered_at IS NULL;
CREATE INDEX idx_incidents_opened_at ON incidents(opened_at DESC);

CREATE TABLE alert_messages (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    incident_id UUID NOT NULL REFERENCES incidents(id) ON DELETE CASCADE,
    channel TEXT NOT NULL CHECK (channel IN ('slack', 'mail')),
    recipient TEXT NOT NULL DEFAULT '',
    news TEXT NOT NULL CHECK (news IN ('opened', 'recovered')),
    claim UUID,
    due_at TIMESTAMPTZ NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    created_at TIMESTAMPTZ NOT NULL,
    sent_at TIMESTAMPTZ,
    UNIQUE (incident_id, channel, recipient, news)
);
CREATE INDEX idx_alert_messages_due_at ON alert_messages(due_at) WHERE sent_at IS NULL;
"""
NEW = ("alert_claims", "incidents", "alert_messages")

# What an admin reads. Of accounts no secrets: the page that shows a person has no use for them.
READ = (
    "projects", "generations", "subscriptions", "audit_log", "credit_entries", "credit_reservations", "segments",
    "provider_tasks", "provider_states", "run_settings", "payment_events", "reconciliations", *NEW,
)  # fmt: skip
OF_USERS = (
    "id, email, stripe_customer_id, tier, credits_remaining, credit_debt, free_generation_redeemed,"
    " device_fingerprint, role, email_verified_at, do_not_sell_at, banned_at, created_at, updated_at"
)
# "One's own rows" is asked of the role for people alone: for the others it would be asked of every row, in vain.
OWN_ROWS = """
DO $$ DECLARE own record; BEGIN
    FOR own IN SELECT policyname, tablename FROM pg_policies
        WHERE schemaname = 'public' AND policyname LIKE '%\\_own'
    LOOP
        EXECUTE format('ALTER POLICY %I ON %I TO {}', own.policyname, own.tablename);
    END LOOP;
END $$
"""
QUEUE = "procrastinate_jobs, procrastinate_events, procrastinate_workers"


def upgrade() -> None:
    op.execute(ROLE)
    op.execute(COLUMNS)
    op.execute(TABLES)
    op.execute(OWN_ROWS.format("vannilli_app"))
    for table in NEW:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY {table}_service ON {table} TO vannilli_service USING (true) WITH CHECK (true)"
        )
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO vannilli_service")
    for table in (*READ, "users"):
        op.execute(
            f"CREATE POLICY {table}_admin ON {table} FOR SELECT TO vannilli_admin"
            " USING ((SELECT vannilli_is_admin()))"
        )
    op.execute(f"GRANT SELECT ON {', '.join(READ)}, {QUEUE} TO vannilli_admin")
    op.execute(f"GRANT SELECT ({OF_USERS}) ON users TO vannilli_admin")


def downgrade() -> None:
    op.execute(OWN_ROWS.format("PUBLIC"))
    op.execute(f"REVOKE ALL ON {', '.join(READ)}, {QUEUE}, users FROM vannilli_admin")
    op.execute(f"REVOKE ALL ({OF_USERS}) ON users FROM vannilli_admin")
    for table in (*READ, "users"):
        op.execute(f"DROP POLICY {table}_admin ON {table}")
    for table in reversed(NEW):
        op.execute(f"DROP TABLE {table}")
    op.execute("""
        ALTER TABLE credit_entries DISABLE TRIGGER append_only;
        UPDATE credit_entries SET kind = 'admin' WHERE kind = 'returned';
        ALTER TABLE credit_entries ENABLE TRIGGER append_only;
        ALTER TABLE credit_entries
            DROP COLUMN tier, DROP COLUMN provider,
            DROP CONSTRAINT credit_entries_kind_check,
            ADD CONSTRAINT credit_entries_kind_check CHECK (kind IN
                ('signup', 'admin', 'plan', 'topup', 'open_mic', 'generation', 'refund', 'dispute', 'expiry',
                 'debt', 'reinstated'));
        DROP INDEX idx_credit_entries_created_at;
        DROP INDEX idx_provider_tasks_created_at;
        ALTER TABLE provider_tasks DROP COLUMN tier;
        DROP INDEX idx_generations_created_at;
        ALTER TABLE generations DROP COLUMN tier;
        DROP INDEX idx_users_created_at;
        ALTER TABLE users DROP COLUMN banned_at;
        DROP FUNCTION vannilli_is_admin();
        REVOKE USAGE ON SCHEMA public, auth FROM vannilli_admin;
    """)
