/** Of the heap of a stream's process, MiB. */
export const HEAP_MEGABYTES = 256;

/** Node's flags of a stream's process. The young generation is kept small: its garbage is short-lived, and this is paid for each stream. */
export const nodeFlags = (heapMegabytes = HEAP_MEGABYTES): string[] => [`--max-old-space-size=${heapMegabytes}`, '--max-semi-space-size=4'];
