import { LogicalReplicationService, PgoutputPlugin } from 'pg-logical-replication';

/**
 * `default` as its documentation shows it: it acknowledges every message by itself.
 * `tuned`: flow control, and an acknowledgement of what was handled once a second.
 */
export type PlainMode = 'default' | 'tuned';

export interface PlainStart {
  readonly url: string;
  readonly slot: string;
  readonly publication: string;
  readonly total: number;
  readonly mode: PlainMode;
}

/** A process that reads a slot with pg-logical-replication and its own decoder, and makes a JSON envelope of each change. */
process.once('message', (start: PlainStart) => {
  const tuned = start.mode === 'tuned';
  const service = new LogicalReplicationService(
    { connectionString: start.url },
    tuned ? { acknowledge: { auto: false, timeoutSeconds: 0 }, flowControl: { enabled: true } } : {},
  );
  const plugin = new PgoutputPlugin({ protoVersion: 1, publicationNames: [start.publication] });
  let count = 0;
  let bytes = 0;
  let handled = '0/0';
  service.on('data', (lsn, message) => {
    handled = lsn;
    if (message.tag !== 'insert' && message.tag !== 'update' && message.tag !== 'delete') return;
    const after = message.tag === 'delete' ? null : message.new;
    const before = message.tag === 'insert' ? null : message.old;
    const source = { schema: message.relation.schema, table: message.relation.name, lsn };
    bytes += Buffer.from(JSON.stringify({ before, after, source, op: message.tag.charAt(0), ts_ms: Date.now() })).length;
    if (++count === start.total) process.send?.({ count, bytes });
  });
  service.on('error', (error) => {
    console.error(error);
    process.exit(1);
  });
  if (tuned) setInterval(() => void service.acknowledge(handled), 1_000);
  void service.subscribe(plugin, start.slot);
});
