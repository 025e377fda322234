-- How far the existing rows of a stream's table are read: a restart goes on behind the last chunk whose rows are settled.
CREATE TABLE "stream_snapshot" (
    "stream_id" UUID NOT NULL,
    "consistent_point" TEXT NOT NULL,
    "key_columns" TEXT[],
    "cursor" TEXT[],
    "chunk" INTEGER NOT NULL,
    "rows_done" BIGINT NOT NULL,
    "rows_total" BIGINT,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "stream_snapshot_pkey" PRIMARY KEY ("stream_id")
);
ALTER TABLE "stream_snapshot" ADD CONSTRAINT "stream_snapshot_stream_id_fkey" FOREIGN KEY ("stream_id") REFERENCES "stream"("id") ON DELETE CASCADE ON UPDATE CASCADE;
