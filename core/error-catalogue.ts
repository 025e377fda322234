/** What the supervisor may do about an error: start again by itself after a back-off, or wait for a person. */
export type Retry = 'timed' | 'manual' | 'never';

interface CatalogueEntry {
  readonly retry: Retry;
  /** What the person reading it should do. */
  readonly remedy: string;
}

/** Every kind of error that Spillway names. Add a kind here first; the compiler then asks for its words. */
export const ERROR_CATALOGUE = {
  invalid_input: { retry: 'never', remedy: 'Correct the named field and try again.' },
  forbidden: { retry: 'never', remedy: 'Ask a team lead or a platform admin, whoever holds this right.' },
  not_found: { retry: 'never', remedy: 'Check the address; it may belong to another team or be gone.' },
  conflict: { retry: 'never', remedy: 'Somebody else was faster: reload and look at the present state.' },
  precondition_failed: { retry: 'never', remedy: 'Do first what the message names.' },
  rate_limited: { retry: 'never', remedy: 'Wait for the time named and try again.' },
  catalog_unavailable: { retry: 'timed', remedy: 'Bring the catalog database back; running streams go on meanwhile.' },
  worker_unavailable: { retry: 'never', remedy: 'Start the worker: it answers questions about sources and sinks.' },
  secret_unreadable: { retry: 'manual', remedy: 'Type the secret in again: it was sealed for another worker key.' },
  source_unreachable: { retry: 'timed', remedy: 'Check host, port and firewall of the source database.' },
  source_auth_failed: { retry: 'timed', remedy: 'Check user and password of the source database and its pg_hba.conf.' },
  source_not_ready: { retry: 'manual', remedy: 'Mend the failing preflight step with the SQL shown beside it.' },
  source_permission: { retry: 'manual', remedy: 'Grant the missing right to the source role; the SQL is in the preflight.' },
  slot_creation_blocked: { retry: 'timed', remedy: 'End the transactions listed: slot creation waits for every open write transaction.' },
  slot_in_use: { retry: 'timed', remedy: 'Stop the process that holds the slot.' },
  slot_lost: { retry: 'manual', remedy: 'Read the table again: what is left of the slot is dropped, and a new one is made.' },
  position_mismatch: {
    retry: 'manual',
    remedy: 'Find out who moved or recreated the slot; then read the table again, or choose an offset mismatch strategy.',
  },
  publication_missing: {
    retry: 'manual',
    remedy: 'The publication was dropped by hand; read the table again, which makes publication and slot anew.',
  },
  table_missing: {
    retry: 'manual',
    remedy: 'The table was dropped, renamed or made anew: revise the stream, or read the table again once it is back.',
  },
  protocol_error: { retry: 'timed', remedy: 'The server sent a message that was not understood; report it with the id.' },
  sink_unreachable: { retry: 'timed', remedy: 'Bring the sink back; delivery resumes by itself.' },
  sink_auth_failed: { retry: 'timed', remedy: 'Renew the credentials of the sink target.' },
  sink_misconfigured: { retry: 'manual', remedy: 'Correct the sink target or the stream.' },
  delivery_refused: { retry: 'timed', remedy: 'The sink refuses an event and recovery is None: mend the receiver, or choose DeadLetter.' },
  pipeline_crashed: { retry: 'timed', remedy: 'It is started again with a growing delay; look at the timeline if it repeats.' },
  pipeline_stuck: { retry: 'timed', remedy: 'The process stopped answering and was ended; it is started again.' },
  out_of_memory: { retry: 'timed', remedy: 'One event or transaction needed more memory than a pipeline may use.' },
  fenced: { retry: 'timed', remedy: 'Another worker took this stream over; this instance stopped.' },
  internal: { retry: 'timed', remedy: 'Report it with the id shown.' },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorKind = keyof typeof ERROR_CATALOGUE;
