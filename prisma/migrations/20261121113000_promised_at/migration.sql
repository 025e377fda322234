-- When promised_lsn was last recorded, so that a slot found elsewhere can be explained.
ALTER TABLE "provision" ADD COLUMN "promised_at" TIMESTAMPTZ(3);
