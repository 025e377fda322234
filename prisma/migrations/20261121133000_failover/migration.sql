-- Further hosts of a source, [{"host", "port"}]: whichever takes writes is read. Patroni's REST address, where Patroni runs the servers.
ALTER TABLE "source_database" ADD COLUMN "standbys" JSONB NOT NULL DEFAULT '[]', ADD COLUMN "patroni_url" TEXT;
-- WAL timeline on which the stream was last seen: one that grew is a failover, one that shrank an old primary or a restored server.
ALTER TABLE "provision" ADD COLUMN "timeline" INTEGER;
-- Whether the slot outlives its server, as read on the standbys (FailoverVerdictDto of core/dto/slot.ts).
ALTER TABLE "slot_observation" ADD COLUMN "failover_verdict" JSONB;
