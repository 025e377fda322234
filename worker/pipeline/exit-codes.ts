/** How a pipeline's process ends. The supervisor reads the `fault` message for the reason; the code is for those who only see it. */
export const EXIT = {
  /** Asked to stop, or the supervisor is gone: what was in flight is settled and confirmed. */
  stopped: 0,
  /** After a `fault` message. */
  fault: 1,
  /** A later instance of the stream took over. */
  fenced: 3,
} as const;
