-- A copy of a dead letter for the sink that its stream's recovery names beside the catalog: the letter is its own outbox entry.
ALTER TABLE "dead_letter"
  ADD COLUMN "copy_wanted" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "published_at" TIMESTAMPTZ(3),
  ADD COLUMN "copy_attempts" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "copy_after" TIMESTAMPTZ(3),
  ADD COLUMN "copy_error" TEXT;
CREATE INDEX "dead_letter_stream_id_copy_wanted_published_at_idx" ON "dead_letter"("stream_id", "copy_wanted", "published_at");
