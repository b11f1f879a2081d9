"""Sessions and consents, the credit ledger and its reservations, uploaded files, the local animator's tasks.

Revision: 0003
Down: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE sessions (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    secret TEXT NOT NULL,
    refresh_counter INTEGER NOT NULL DEFAULT 0,
    ip INET,
    user_agent TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    last_seen_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ
);
CREATE INDEX idx_sessions_user_id ON sessions(user_id);

CREATE TABLE consents (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    version TEXT NOT NULL,
    accepted_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    ip INET
);
CREATE INDEX idx_consents_user_id ON consents(user_id);

CREATE TABLE credit_entries (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    position BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY,
    user_id UUID REFERENCES users(id) ON DELETE SET NULL,
    amount INTEGER NOT NULL CHECK (amount <> 0),
    kind TEXT NOT NULL CHECK (kind IN ('signup', 'admin', 'plan', 'topup', 'open_mic', 'generation',
                                       'refund', 'dispute', 'expiry')),
    reference TEXT NOT NULL UNIQUE,
    reason TEXT,
    expires_at TIMESTAMPTZ,
    balance_after INTEGER NOT NULL CHECK (balance_after >= 0),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX idx_credit_entries_user_id ON credit_entries(user_id, position);

CREATE TABLE credit_reservations (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID REFERENCES users(id) ON DELETE SET NULL,
    generation_id UUID UNIQUE REFERENCES generations(id) ON DELETE SET NULL,
    amount INTEGER NOT NULL CHECK (amount >= 0),
    status TEXT NOT NULL DEFAULT 'held' CHECK (status IN ('held', 'captured', 'released')),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    settled_at TIMESTAMPTZ,
    CHECK ((status = 'held') = (settled_at IS NULL))
);
CREATE INDEX idx_credit_reservations_user_id ON credit_reservations(user_id);

CREATE TABLE assets (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id UUID NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
    user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('driver_video', 'target_image', 'audio')),
    path TEXT NOT NULL UNIQUE,
    content_type TEXT NOT NULL,
    size_bytes BIGINT NOT NULL CHECK (size_bytes > 0),
    capture_offset_seconds NUMERIC(9,4),
    info JSONB,
    findings JSONB,
    checked_at TIMESTAMPTZ,
    deleted_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX idx_assets_project_id ON assets(project_id);
CREATE INDEX idx_assets_user_id ON assets(user_id);

CREATE TABLE local_renders (
    external_id TEXT PRIMARY KEY,
    request JSONB NOT NULL,
    status TEXT NOT NULL DEFAULT 'pending'
        CHECK (status IN ('pending', 'processing', 'completed', 'failed', 'cancelled')),
    progress DOUBLE PRECISION NOT NULL DEFAULT 0,
    result_key TEXT,
    error_code TEXT,
    error_message TEXT,
    error_raw TEXT,
    permanent BOOLEAN NOT NULL DEFAULT true,
    claim UUID,
    due_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    tries INTEGER NOT NULL DEFAULT 0,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX idx_local_renders_due_at ON local_renders(due_at) WHERE status IN ('pending', 'processing');
"""

# The ledger is append-only for everybody, the owner included; only a leaving person's name may come off a line.
APPEND_ONLY = """
CREATE FUNCTION credit_entries_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.user_id IS NULL
       AND to_jsonb(NEW) - 'user_id' = to_jsonb(OLD) - 'user_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the credit ledger is append-only';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON credit_entries
    FOR EACH ROW EXECUTE FUNCTION credit_entries_append_only();
"""

POLICIES = """
CREATE POLICY sessions_select_own ON sessions FOR SELECT USING (auth.uid() = user_id);
CREATE POLICY consents_select_own ON consents FOR SELECT USING (auth.uid() = user_id);
CREATE POLICY consents_insert_own ON consents FOR INSERT WITH CHECK (auth.uid() = user_id);
CREATE POLICY credit_entries_select_own ON credit_entries FOR SELECT USING (auth.uid() = user_id);
CREATE POLICY credit_reservations_select_own ON credit_reservations FOR SELECT USING (auth.uid() = user_id);
CREATE POLICY assets_select_own ON assets FOR SELECT USING (auth.uid() = user_id);
CREATE POLICY assets_insert_own ON assets FOR INSERT WITH CHECK (auth.uid() = user_id AND EXISTS (
    SELECT 1 FROM projects WHERE projects.id = project_id AND projects.user_id = auth.uid()));
CREATE POLICY assets_update_own ON assets FOR UPDATE USING (auth.uid() = user_id);
"""

GRANTS = """
GRANT SELECT ON sessions TO vannilli_app;
GRANT SELECT, INSERT ON consents TO vannilli_app;
GRANT SELECT ON credit_entries TO vannilli_app;
GRANT SELECT ON credit_reservations TO vannilli_app;
GRANT SELECT, INSERT, UPDATE (info, findings, checked_at, capture_offset_seconds) ON assets TO vannilli_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON sessions, credit_reservations, assets, local_renders TO vannilli_service;
GRANT SELECT, INSERT, DELETE ON consents TO vannilli_service;
GRANT SELECT, INSERT ON credit_entries TO vannilli_service;
"""

NAMES = ("sessions", "consents", "credit_entries", "credit_reservations", "assets", "local_renders")


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(APPEND_ONLY)
    for table in NAMES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY {table}_service ON {table} TO vannilli_service USING (true) WITH CHECK (true)"
        )
    op.execute(POLICIES)
    op.execute(GRANTS)


def downgrade() -> None:
    for table in reversed(NAMES):
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP FUNCTION credit_entries_append_only()")
