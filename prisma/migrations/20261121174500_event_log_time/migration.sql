-- Queries by time. Rows come about in the order of their commits, so a summary of each megabyte says where to look; it costs an append nothing.
CREATE INDEX "event_log_committed_at_idx" ON "event_log" USING brin ("committed_at");
