-- Lists that stay quick with 100,000 dead letters: the inbox by group, what waits behind a key, and letters by age.
CREATE INDEX "dead_letter_unresolved_idx" ON "dead_letter" ("stream_id", "fingerprint", "created_at" DESC) INCLUDE ("status", "last_attempt_at")
  WHERE "status" IN ('open', 'replaying');
CREATE INDEX "dead_letter_unresolved_key_idx" ON "dead_letter" ("stream_id", "fingerprint", "key_text") WHERE "status" IN ('open', 'replaying');
CREATE INDEX "dead_letter_parked_key_idx" ON "dead_letter" ("stream_id", "key_text") WHERE "status" = 'parked';
CREATE INDEX "dead_letter_status_created_at_id_idx" ON "dead_letter" ("status", "created_at" DESC, "id" DESC);
CREATE INDEX "dead_letter_stream_id_created_at_id_idx" ON "dead_letter" ("stream_id", "created_at" DESC, "id" DESC);
-- A group's letters of one status by age; also what finds the letters of a fingerprint.
DROP INDEX "dead_letter_fingerprint_status_idx";
CREATE INDEX "dead_letter_fingerprint_status_created_at_id_idx" ON "dead_letter" ("fingerprint", "status", "created_at" DESC, "id" DESC);
