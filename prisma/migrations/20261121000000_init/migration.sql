-- CreateEnum
CREATE TYPE "TlsMode" AS ENUM ('disable', 'require', 'verify_full');

-- CreateEnum
CREATE TYPE "SinkTargetType" AS ENUM ('EventLog', 'Http', 'Kafka');

-- CreateEnum
CREATE TYPE "LetterStatus" AS ENUM ('open', 'parked', 'replaying', 'replayed', 'discarded');

-- CreateEnum
CREATE TYPE "PlatformRole" AS ENUM ('none', 'platform_admin', 'auditor');

-- CreateEnum
CREATE TYPE "TeamRole" AS ENUM ('builder', 'team_lead');

-- CreateEnum
CREATE TYPE "InspectionStatus" AS ENUM ('asked', 'answering', 'answered', 'failed');

-- CreateEnum
CREATE TYPE "RequestStatus" AS ENUM ('pending', 'approved', 'rejected', 'voided', 'withdrawn');

-- CreateEnum
CREATE TYPE "DesiredState" AS ENUM ('none', 'running', 'paused', 'retired');

-- CreateTable
CREATE TABLE "audit_entry" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "verb" TEXT NOT NULL,
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "subject_name" TEXT NOT NULL,
    "team_id" UUID,
    "summary" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "source_database" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "port" INTEGER NOT NULL,
    "database" TEXT NOT NULL,
    "username" TEXT NOT NULL,
    "tls_mode" "TlsMode" NOT NULL,
    "ca_certificate" TEXT,
    "sealed_secret" TEXT NOT NULL,
    "secret_version" INTEGER NOT NULL DEFAULT 1,
    "slot_limit" INTEGER NOT NULL DEFAULT 10,
    "system_identifier" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "source_database_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sink_target" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "type" "SinkTargetType" NOT NULL,
    "config" JSONB NOT NULL,
    "sealed_secret" TEXT,
    "secret_version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "sink_target_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dead_letter" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "stream_id" UUID NOT NULL,
    "revision_id" UUID NOT NULL,
    "event_id" TEXT NOT NULL,
    "key_text" TEXT,
    "commit_lsn" BIGINT NOT NULL,
    "seq" INTEGER NOT NULL,
    "op" TEXT NOT NULL,
    "schema_name" TEXT NOT NULL,
    "table_name" TEXT NOT NULL,
    "committed_at" TIMESTAMPTZ(3),
    "input" JSONB NOT NULL,
    "output" TEXT,
    "error_class" TEXT,
    "error_message" TEXT,
    "fingerprint" TEXT,
    "attempts" JSONB NOT NULL DEFAULT '[]',
    "attempt_count" INTEGER NOT NULL DEFAULT 0,
    "status" "LetterStatus" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_attempt_at" TIMESTAMPTZ(3),
    "replay_requested_at" TIMESTAMPTZ(3),
    "replay_requested_by" TEXT,
    "resolved_at" TIMESTAMPTZ(3),
    "resolved_by" TEXT,
    "resolution" TEXT,

    CONSTRAINT "dead_letter_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "event_log" (
    "id" BIGSERIAL NOT NULL,
    "stream" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "key_text" TEXT,
    "op" TEXT NOT NULL,
    "schema_name" TEXT NOT NULL,
    "table_name" TEXT NOT NULL,
    "commit_lsn" BIGINT NOT NULL,
    "seq" INTEGER NOT NULL,
    "committed_at" TIMESTAMPTZ(6),
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "payload" JSON NOT NULL,

    CONSTRAINT "event_log_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT,
    "platform_role" "PlatformRole" NOT NULL DEFAULT 'none',
    "disabled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "team" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "team_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "membership" (
    "user_id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "role" "TeamRole" NOT NULL,

    CONSTRAINT "membership_pkey" PRIMARY KEY ("user_id","team_id")
);

-- CreateTable
CREATE TABLE "login_attempt" (
    "id" BIGSERIAL NOT NULL,
    "account" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "succeeded" BOOLEAN NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "login_attempt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "inspection" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "kind" TEXT NOT NULL,
    "input" JSONB NOT NULL,
    "status" "InspectionStatus" NOT NULL DEFAULT 'asked',
    "result" JSONB,
    "error" JSONB,
    "asked_by_id" UUID,
    "asked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "answered_at" TIMESTAMPTZ(3),

    CONSTRAINT "inspection_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stream_lease" (
    "stream_id" UUID NOT NULL,
    "worker_id" TEXT NOT NULL,
    "epoch" BIGINT NOT NULL,
    "acquired_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "stream_lease_pkey" PRIMARY KEY ("stream_id")
);

-- CreateTable
CREATE TABLE "worker" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "public_key" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "heartbeat_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "worker_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "slot_request" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "stream_id" UUID NOT NULL,
    "revision_id" UUID NOT NULL,
    "source_hash" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "dossier" JSONB,
    "status" "RequestStatus" NOT NULL DEFAULT 'pending',
    "requested_by_id" UUID,
    "requested_by" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decided_by_id" UUID,
    "decided_by" TEXT,
    "decided_at" TIMESTAMPTZ(3),
    "decision_reason" TEXT,
    "wal_budget_bytes" BIGINT,

    CONSTRAINT "slot_request_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "provision" (
    "stream_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "slot_name" TEXT NOT NULL,
    "publication_name" TEXT NOT NULL,
    "source_hash" TEXT NOT NULL,
    "wal_budget_bytes" BIGINT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'intent',
    "system_identifier" TEXT,
    "consistent_point" TEXT,
    "snapshot_state" TEXT NOT NULL DEFAULT 'pending',
    "promised_lsn" TEXT,
    "confirmed_lsn" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "dropped_at" TIMESTAMPTZ(3),
    "drop_proof" JSONB,

    CONSTRAINT "provision_pkey" PRIMARY KEY ("stream_id")
);

-- CreateTable
CREATE TABLE "slot_observation" (
    "source_id" UUID NOT NULL,
    "slot_name" TEXT NOT NULL,
    "slot_type" TEXT NOT NULL,
    "plugin" TEXT,
    "database" TEXT,
    "temporary" BOOLEAN NOT NULL,
    "active" BOOLEAN NOT NULL,
    "active_pid" INTEGER,
    "application_name" TEXT,
    "client_address" TEXT,
    "username" TEXT,
    "restart_lsn" TEXT,
    "confirmed_flush_lsn" TEXT,
    "wal_status" TEXT,
    "safe_wal_size" BIGINT,
    "retained_bytes" BIGINT,
    "lag_bytes" BIGINT,
    "inactive_since" TIMESTAMPTZ(3),
    "invalidation_reason" TEXT,
    "failover" BOOLEAN NOT NULL DEFAULT false,
    "synced" BOOLEAN NOT NULL DEFAULT false,
    "stream_id" UUID,
    "observed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "slot_observation_pkey" PRIMARY KEY ("source_id","slot_name")
);

-- CreateTable
CREATE TABLE "source_observation" (
    "source_id" UUID NOT NULL,
    "reachable" BOOLEAN NOT NULL,
    "error" TEXT,
    "server_version" TEXT,
    "current_lsn" TEXT,
    "wal_bytes_per_sec" DOUBLE PRECISION,
    "max_slots" INTEGER,
    "used_slots" INTEGER,
    "max_senders" INTEGER,
    "used_senders" INTEGER,
    "max_slot_wal_keep_bytes" BIGINT,
    "observed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "source_observation_pkey" PRIMARY KEY ("source_id")
);

-- CreateTable
CREATE TABLE "stream" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "team_id" UUID NOT NULL,
    "created_by_id" UUID,
    "desired" "DesiredState" NOT NULL DEFAULT 'none',
    "state" TEXT NOT NULL DEFAULT 'draft',
    "state_since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "state_reason" TEXT,
    "error_kind" TEXT,
    "state_detail" JSONB,
    "current_revision_id" UUID,
    "restart_nonce" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "stream_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stream_revision" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "stream_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "spec" JSONB NOT NULL,
    "source_hash" TEXT NOT NULL,
    "created_by_id" UUID,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "note" TEXT,

    CONSTRAINT "stream_revision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stream_event" (
    "id" BIGSERIAL NOT NULL,
    "stream_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "from_state" TEXT,
    "to_state" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "error_kind" TEXT,
    "detail" JSONB,

    CONSTRAINT "stream_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "draft" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "stream_id" UUID,
    "body" JSONB NOT NULL,
    "step" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "draft_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stream_status" (
    "stream_id" UUID NOT NULL,
    "pid" INTEGER,
    "epoch" BIGINT,
    "started_at" TIMESTAMPTZ(3),
    "reported_at" TIMESTAMPTZ(3) NOT NULL,
    "confirmed_lsn" TEXT,
    "received_lsn" TEXT,
    "lag_ms" INTEGER,
    "lag_bytes" BIGINT,
    "retained_bytes" BIGINT,
    "in_flight_events" INTEGER NOT NULL DEFAULT 0,
    "in_flight_bytes" BIGINT NOT NULL DEFAULT 0,
    "rss_bytes" BIGINT,
    "decoded_per_sec" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "delivered_per_sec" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "decoded" BIGINT NOT NULL DEFAULT 0,
    "delivered" BIGINT NOT NULL DEFAULT 0,
    "filtered" BIGINT NOT NULL DEFAULT 0,
    "dead_lettered" BIGINT NOT NULL DEFAULT 0,
    "parked" BIGINT NOT NULL DEFAULT 0,
    "ignored" BIGINT NOT NULL DEFAULT 0,
    "snapshot_done" BIGINT NOT NULL DEFAULT 0,
    "snapshot_total" BIGINT,
    "last_events" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "stream_status_pkey" PRIMARY KEY ("stream_id")
);

-- CreateTable
CREATE TABLE "stream_sample" (
    "stream_id" UUID NOT NULL,
    "resolution" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "lag_ms" INTEGER,
    "lag_bytes" BIGINT,
    "retained_bytes" BIGINT,
    "delivered_per_sec" DOUBLE PRECISION NOT NULL,
    "open_letters" INTEGER NOT NULL,

    CONSTRAINT "stream_sample_pkey" PRIMARY KEY ("stream_id","resolution","at")
);

-- CreateIndex
CREATE INDEX "audit_entry_subject_type_subject_id_idx" ON "audit_entry"("subject_type", "subject_id");

-- CreateIndex
CREATE INDEX "audit_entry_team_id_id_idx" ON "audit_entry"("team_id", "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "source_database_name_key" ON "source_database"("name");

-- CreateIndex
CREATE UNIQUE INDEX "sink_target_name_key" ON "sink_target"("name");

-- CreateIndex
CREATE INDEX "dead_letter_stream_id_status_idx" ON "dead_letter"("stream_id", "status");

-- CreateIndex
CREATE INDEX "dead_letter_stream_id_key_text_commit_lsn_seq_idx" ON "dead_letter"("stream_id", "key_text", "commit_lsn", "seq");

-- CreateIndex
CREATE INDEX "dead_letter_fingerprint_status_idx" ON "dead_letter"("fingerprint", "status");

-- CreateIndex
CREATE UNIQUE INDEX "dead_letter_stream_id_event_id_key" ON "dead_letter"("stream_id", "event_id");

-- CreateIndex
CREATE INDEX "event_log_stream_key_text_commit_lsn_seq_idx" ON "event_log"("stream", "key_text", "commit_lsn", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "event_log_stream_event_id_key" ON "event_log"("stream", "event_id");

-- CreateIndex
CREATE UNIQUE INDEX "user_email_key" ON "user"("email");

-- CreateIndex
CREATE UNIQUE INDEX "team_slug_key" ON "team"("slug");

-- CreateIndex
CREATE INDEX "login_attempt_account_at_idx" ON "login_attempt"("account", "at");

-- CreateIndex
CREATE INDEX "login_attempt_address_at_idx" ON "login_attempt"("address", "at");

-- CreateIndex
CREATE INDEX "inspection_status_asked_at_idx" ON "inspection"("status", "asked_at");

-- CreateIndex
CREATE INDEX "slot_request_status_idx" ON "slot_request"("status");

-- CreateIndex
CREATE INDEX "slot_request_stream_id_idx" ON "slot_request"("stream_id");

-- CreateIndex
CREATE UNIQUE INDEX "stream_current_revision_id_key" ON "stream"("current_revision_id");

-- CreateIndex
CREATE INDEX "stream_team_id_idx" ON "stream"("team_id");

-- CreateIndex
CREATE UNIQUE INDEX "stream_revision_stream_id_number_key" ON "stream_revision"("stream_id", "number");

-- CreateIndex
CREATE INDEX "stream_event_stream_id_id_idx" ON "stream_event"("stream_id", "id" DESC);

-- CreateIndex
CREATE INDEX "draft_user_id_idx" ON "draft"("user_id");

-- AddForeignKey
ALTER TABLE "dead_letter" ADD CONSTRAINT "dead_letter_stream_id_fkey" FOREIGN KEY ("stream_id") REFERENCES "stream"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "team"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stream_lease" ADD CONSTRAINT "stream_lease_stream_id_fkey" FOREIGN KEY ("stream_id") REFERENCES "stream"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "slot_request" ADD CONSTRAINT "slot_request_stream_id_fkey" FOREIGN KEY ("stream_id") REFERENCES "stream"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "slot_request" ADD CONSTRAINT "slot_request_revision_id_fkey" FOREIGN KEY ("revision_id") REFERENCES "stream_revision"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "provision" ADD CONSTRAINT "provision_stream_id_fkey" FOREIGN KEY ("stream_id") REFERENCES "stream"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "slot_observation" ADD CONSTRAINT "slot_observation_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "source_database"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "source_observation" ADD CONSTRAINT "source_observation_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "source_database"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stream" ADD CONSTRAINT "stream_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "team"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stream" ADD CONSTRAINT "stream_current_revision_id_fkey" FOREIGN KEY ("current_revision_id") REFERENCES "stream_revision"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stream_revision" ADD CONSTRAINT "stream_revision_stream_id_fkey" FOREIGN KEY ("stream_id") REFERENCES "stream"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stream_event" ADD CONSTRAINT "stream_event_stream_id_fkey" FOREIGN KEY ("stream_id") REFERENCES "stream"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "draft" ADD CONSTRAINT "draft_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "draft" ADD CONSTRAINT "draft_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "team"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stream_status" ADD CONSTRAINT "stream_status_stream_id_fkey" FOREIGN KEY ("stream_id") REFERENCES "stream"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A name is free again once its stream is retired.
CREATE UNIQUE INDEX "stream_live_name_key" ON "stream" ("name") WHERE "state" <> 'retired';

-- Two admins, or two tabs, cannot leave two requests of one stream pending.
CREATE UNIQUE INDEX "slot_request_one_pending_key" ON "slot_request" ("stream_id") WHERE "status" = 'pending';

-- Slots are cluster-wide on a server: no two living provisions may share a name there.
CREATE UNIQUE INDEX "provision_live_slot_key" ON "provision" ("source_id", "slot_name") WHERE "status" <> 'dropped';

-- The audit trail only grows.
CREATE FUNCTION "audit_entry_is_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit entries are append-only';
END
$$;
CREATE TRIGGER "audit_entry_append_only" BEFORE UPDATE OR DELETE ON "audit_entry" FOR EACH ROW EXECUTE FUNCTION "audit_entry_is_append_only"();
CREATE TRIGGER "audit_entry_no_truncate" BEFORE TRUNCATE ON "audit_entry" FOR EACH STATEMENT EXECUTE FUNCTION "audit_entry_is_append_only"();
