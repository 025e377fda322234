-- Epoch of the pipeline that made the slot: positions that earlier ones left beside the sink's events are of another slot.
ALTER TABLE "provision" ADD COLUMN "slot_epoch" BIGINT;
