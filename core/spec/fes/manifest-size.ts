/** A file of manifests may have so many bytes. */
export const MAX_MANIFEST_BYTES = 1024 * 1024;
