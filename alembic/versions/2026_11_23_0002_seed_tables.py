"""The seed's five tables with their checks, indexes and policies, and the columns that the product adds.

Revision: 0002
Down: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE users (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    email TEXT NOT NULL UNIQUE CHECK (email = lower(email)),
    password_hash TEXT NOT NULL,
    stripe_customer_id TEXT UNIQUE,
    tier TEXT NOT NULL DEFAULT 'free' CHECK (tier IN ('free', 'open_mic', 'indie_artist', 'artist', 'label')),
    credits_remaining INTEGER NOT NULL DEFAULT 0 CHECK (credits_remaining >= 0),
    free_generation_redeemed BOOLEAN NOT NULL DEFAULT false,
    device_fingerprint TEXT,
    role TEXT NOT NULL DEFAULT 'artist' CHECK (role IN ('artist', 'admin')),
    email_verified_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX idx_users_email ON users(email);
CREATE INDEX idx_users_stripe_customer ON users(stripe_customer_id);
CREATE INDEX idx_users_device_fingerprint ON users(device_fingerprint);

CREATE TABLE projects (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    track_name TEXT NOT NULL CHECK (length(track_name) BETWEEN 1 AND 200),
    bpm NUMERIC(6,3) NOT NULL CHECK (bpm >= 60 AND bpm <= 200),
    bars NUMERIC(4,1) NOT NULL CHECK (bars >= 1 AND bars <= 32 AND bars * 2 = trunc(bars * 2)),
    time_signature TEXT NOT NULL DEFAULT '4/4' CHECK (time_signature ~ '^[0-9]{1,2}/(1|2|4|8|16)$'),
    beat_unit TEXT NOT NULL DEFAULT 'quarter' CHECK (beat_unit IN ('quarter', 'dotted_quarter', 'denominator')),
    duration_seconds INTEGER NOT NULL CHECK (duration_seconds >= 1),
    exact_seconds NUMERIC(10,6) NOT NULL CHECK (exact_seconds > 0),
    aspect TEXT NOT NULL DEFAULT '9:16' CHECK (aspect IN ('9:16', '16:9', '1:1')),
    prompt TEXT CHECK (length(prompt) <= 2500),
    mode TEXT NOT NULL DEFAULT 'standard' CHECK (mode IN ('standard', 'pro')),
    character_orientation TEXT NOT NULL DEFAULT 'video' CHECK (character_orientation IN ('video', 'image')),
    bar_one_seconds NUMERIC(9,4) NOT NULL DEFAULT 0 CHECK (bar_one_seconds >= 0),
    section_start_bar NUMERIC(6,1) NOT NULL DEFAULT 1 CHECK (section_start_bar >= 1),
    audio_r2_path TEXT,
    target_image_r2_path TEXT,
    driver_video_r2_path TEXT,
    status TEXT NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'processing', 'completed', 'failed')),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT paths_once_past_draft CHECK (
        status = 'draft' OR (target_image_r2_path IS NOT NULL AND driver_video_r2_path IS NOT NULL)
    )
);
CREATE INDEX idx_projects_user_id ON projects(user_id);
CREATE INDEX idx_projects_status ON projects(status);

CREATE TABLE generations (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id UUID NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
    internal_task_id UUID NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    kling_task_id TEXT UNIQUE,
    provider TEXT NOT NULL DEFAULT 'local',
    cost_credits INTEGER NOT NULL CHECK (cost_credits >= 0),
    status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'processing', 'completed', 'failed')),
    stage TEXT NOT NULL DEFAULT 'preparing'
        CHECK (stage IN ('preparing', 'submitted', 'rendering', 'finishing', 'done')),
    progress DOUBLE PRECISION NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1),
    request JSONB NOT NULL,
    watermarked BOOLEAN NOT NULL DEFAULT true,
    allow_failover BOOLEAN NOT NULL DEFAULT false,
    claim UUID,
    due_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    tries INTEGER NOT NULL DEFAULT 0,
    attempt INTEGER NOT NULL DEFAULT 1,
    stage_started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    expected_done_at TIMESTAMPTZ,
    result_url TEXT,
    final_video_r2_path TEXT,
    preview_video_r2_path TEXT,
    preview_gif_r2_path TEXT,
    thumbnail_r2_path TEXT,
    width INTEGER,
    height INTEGER,
    duration_seconds DOUBLE PRECISION,
    error_code TEXT,
    error_message TEXT,
    error_raw TEXT,
    idempotency_key TEXT CHECK (length(idempotency_key) <= 255),
    free_tier BOOLEAN NOT NULL DEFAULT false,
    device_fingerprint TEXT,
    ip INET,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    completed_at TIMESTAMPTZ,
    downloaded_at TIMESTAMPTZ,
    CONSTRAINT failed_says_why CHECK (status <> 'failed' OR error_code IS NOT NULL),
    CONSTRAINT completed_has_files CHECK (
        status <> 'completed' OR (final_video_r2_path IS NOT NULL AND completed_at IS NOT NULL)
    )
);
CREATE INDEX idx_generations_project_id ON generations(project_id);
CREATE INDEX idx_generations_internal_task_id ON generations(internal_task_id);
CREATE INDEX idx_generations_kling_task_id ON generations(kling_task_id);
CREATE INDEX idx_generations_status ON generations(status);
CREATE INDEX idx_generations_due_at ON generations(due_at) WHERE status IN ('pending', 'processing');
CREATE UNIQUE INDEX one_running_generation_per_project
    ON generations(project_id) WHERE status IN ('pending', 'processing');
CREATE UNIQUE INDEX generations_idempotency_key ON generations(project_id, idempotency_key);

CREATE TABLE subscriptions (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    stripe_subscription_id TEXT UNIQUE NOT NULL,
    tier TEXT NOT NULL CHECK (tier IN ('open_mic', 'indie_artist', 'artist', 'label')),
    status TEXT NOT NULL CHECK (status IN ('active', 'canceled', 'past_due', 'paused')),
    current_period_start TIMESTAMPTZ NOT NULL,
    current_period_end TIMESTAMPTZ NOT NULL,
    cancel_at_period_end BOOLEAN NOT NULL DEFAULT false,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX idx_subscriptions_user_id ON subscriptions(user_id);
CREATE INDEX idx_subscriptions_stripe_id ON subscriptions(stripe_subscription_id);

CREATE TABLE audit_log (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID REFERENCES users(id) ON DELETE SET NULL,
    action TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    resource_id UUID,
    metadata JSONB,
    ip_address INET,
    user_agent TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX idx_audit_log_user_id ON audit_log(user_id);
CREATE INDEX idx_audit_log_created_at ON audit_log(created_at DESC);
CREATE INDEX idx_audit_log_action ON audit_log(action);
"""

POLICIES = """
CREATE POLICY users_select_own ON users FOR SELECT USING (auth.uid() = id);
CREATE POLICY users_update_own ON users FOR UPDATE USING (auth.uid() = id);

CREATE POLICY projects_select_own ON projects FOR SELECT USING (auth.uid() = user_id);
CREATE POLICY projects_insert_own ON projects FOR INSERT WITH CHECK (auth.uid() = user_id);
CREATE POLICY projects_update_own ON projects FOR UPDATE USING (auth.uid() = user_id);
CREATE POLICY projects_delete_own ON projects FOR DELETE USING (auth.uid() = user_id);

CREATE POLICY generations_select_own ON generations FOR SELECT
    USING (EXISTS (
        SELECT 1 FROM projects WHERE projects.id = generations.project_id AND projects.user_id = auth.uid()));
CREATE POLICY subscriptions_select_own ON subscriptions FOR SELECT USING (auth.uid() = user_id);

CREATE POLICY audit_log_select_own ON audit_log FOR SELECT USING (auth.uid() = user_id);
CREATE POLICY audit_log_insert_own ON audit_log FOR INSERT WITH CHECK (auth.uid() = user_id);
"""

# What the person's role may write at all: their projects, and nothing that is worth money.
GRANTS = """
GRANT SELECT, UPDATE (device_fingerprint, updated_at) ON users TO vannilli_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON projects TO vannilli_app;
GRANT SELECT ON generations TO vannilli_app;
GRANT SELECT ON subscriptions TO vannilli_app;
GRANT SELECT, INSERT ON audit_log TO vannilli_app;
"""

NAMES = ("users", "projects", "generations", "subscriptions", "audit_log")


def upgrade() -> None:
    op.execute(TABLES)
    for table in NAMES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY {table}_service ON {table} TO vannilli_service USING (true) WITH CHECK (true)"
        )
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO vannilli_service")
    op.execute(POLICIES)
    op.execute(GRANTS)


def downgrade() -> None:
    for table in reversed(NAMES):
        op.execute(f"DROP TABLE {table}")
