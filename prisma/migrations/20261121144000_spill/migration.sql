-- The durable buffer of streams whose sink is down: one header a stream, changes in compressed batches. Bodies are compressed already,
-- and rows leave in the order they came, so vacuum runs often and gives the freed end of the table back.
CREATE TABLE "spill_buffer" (
    "stream_id" UUID NOT NULL,
    "epoch" BIGINT NOT NULL,
    "next_ordinal" BIGINT NOT NULL DEFAULT 1,
    "position" JSONB,
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "spill_buffer_pkey" PRIMARY KEY ("stream_id")
) WITH (fillfactor = 50);
CREATE TABLE "spill_batch" (
    "stream_id" UUID NOT NULL,
    "ordinal" BIGINT NOT NULL,
    "events" INTEGER NOT NULL,
    "taken" INTEGER NOT NULL DEFAULT 0,
    "bytes" INTEGER NOT NULL,
    "oldest_at" TIMESTAMPTZ(3) NOT NULL,
    "body" BYTEA NOT NULL,

    CONSTRAINT "spill_batch_pkey" PRIMARY KEY ("stream_id","ordinal")
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 10000);
ALTER TABLE "spill_batch" ALTER COLUMN "body" SET STORAGE EXTERNAL;
ALTER TABLE "spill_buffer" ADD CONSTRAINT "spill_buffer_stream_id_fkey" FOREIGN KEY ("stream_id") REFERENCES "stream"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "spill_batch" ADD CONSTRAINT "spill_batch_stream_id_fkey" FOREIGN KEY ("stream_id") REFERENCES "spill_buffer"("stream_id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "stream_status" ADD COLUMN "spilled" BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN "spilled_bytes" BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN "spilled_oldest_at" TIMESTAMPTZ(3),
    ADD COLUMN "spilled_in_per_sec" DOUBLE PRECISION NOT NULL DEFAULT 0,
    ADD COLUMN "spilled_out_per_sec" DOUBLE PRECISION NOT NULL DEFAULT 0;
