-- For which decision of people the schemas of a stream's events were registered: an approval with its revision, or a restart asked for.
CREATE TABLE "schema_registration" (
    "stream_id" UUID NOT NULL,
    "revision_id" UUID NOT NULL,
    "restart_nonce" INTEGER NOT NULL,
    "subjects" TEXT[],
    "registered_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "schema_registration_pkey" PRIMARY KEY ("stream_id")
);

ALTER TABLE "schema_registration" ADD CONSTRAINT "schema_registration_stream_id_fkey" FOREIGN KEY ("stream_id") REFERENCES "stream"("id") ON DELETE CASCADE ON UPDATE CASCADE;
