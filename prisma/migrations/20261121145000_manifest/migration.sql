-- The manifest that a stream was imported from and its place in it (KeptManifest of core/spec/fes/kept-manifest.ts); NULL = declared here.
ALTER TABLE "stream_revision" ADD COLUMN "manifest" JSONB;
ALTER TABLE "draft" ADD COLUMN "manifest" JSONB;
