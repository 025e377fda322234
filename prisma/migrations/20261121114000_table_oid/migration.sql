-- Oid of the published table as first seen: another one under its name is another table. Unsigned 32 bits.
ALTER TABLE "provision" ADD COLUMN "table_oid" BIGINT;
