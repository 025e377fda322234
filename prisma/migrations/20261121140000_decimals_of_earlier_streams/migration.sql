-- Streams declared before the flow had handling modes deliver numeric and money as strings. The mode that a spec without a word
-- about it now has is Debezium's default, base64: they keep what they deliver by saying so.
UPDATE "stream_revision"
SET "spec" = jsonb_set("spec", '{flow,decimalHandlingMode}', '"string"')
WHERE "spec" #>> '{flow,type}' = 'DebeziumEnvelope' AND NOT ("spec" -> 'flow') ? 'decimalHandlingMode';
