-- Why the slot holds WAL, as one sentence: {"verdict": …, "sentence": …}. Null for slots of others.
ALTER TABLE "slot_observation" ADD COLUMN "verdict" JSONB;
