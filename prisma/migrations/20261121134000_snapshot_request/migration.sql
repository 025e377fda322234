-- Rows that people ask to have read again while a stream runs, one request at a time, and how fast rows are read.
CREATE TABLE "snapshot_request" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "stream_id" UUID NOT NULL,
    "scope" JSONB NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'running',
    "reason" TEXT NOT NULL,
    "requested_by_id" UUID,
    "requested_by" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "key_columns" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "cursor" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "chunk" INTEGER NOT NULL DEFAULT 0,
    "rows_done" BIGINT NOT NULL DEFAULT 0,
    "rows_total" BIGINT,
    "note" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "snapshot_request_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "snapshot_request_stream_id_requested_at_idx" ON "snapshot_request"("stream_id", "requested_at" DESC);
CREATE UNIQUE INDEX "snapshot_request_one_at_a_time" ON "snapshot_request"("stream_id") WHERE "status" IN ('running', 'paused');
ALTER TABLE "snapshot_request" ADD CONSTRAINT "snapshot_request_stream_id_fkey" FOREIGN KEY ("stream_id") REFERENCES "stream"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "stream_status" ADD COLUMN "snapshot_per_sec" DOUBLE PRECISION NOT NULL DEFAULT 0, ADD COLUMN "snapshot_waits_for" TEXT;
