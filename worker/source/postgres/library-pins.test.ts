import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LogicalReplicationConfig, LogicalReplicationService } from 'pg-logical-replication';
import { AbstractPlugin } from 'pg-logical-replication/dist/output-plugins/abstract.plugin.js';
import { describe, expect, it, vi } from 'vitest';
import { bytes, keepalive, PG_TIME, UNIX_TIME, xlogData } from './golden-frames';

/**
 * Why only the transport of pg-logical-replication is used. Each test shows a behaviour of version 2.5.0 that loses data or the
 * connection. When an upgrade changes one of them, the test fails and the decision in replication-transport.ts can be looked at anew.
 */
class FakeConnection extends EventEmitter {
  readonly sent: Buffer[] = [];
  readonly stream = { pause: vi.fn(), resume: vi.fn() };
  sendCopyFromChunk(chunk: Buffer): void {
    this.sent.push(Buffer.from(chunk));
  }
  /** flush positions told to the server */
  flushes(): bigint[] {
    return this.sent.map((status) => status.readBigUInt64BE(9));
  }
}
class FakePlugin extends AbstractPlugin<null> {
  startedAt: string[] = [];
  get name() {
    return 'fake';
  }
  parse(buffer: Buffer) {
    return buffer;
  }
  start(_client: unknown, _slot: string, lastLsn: string) {
    this.startedAt.push(lastLsn);
    return new Promise(() => undefined);
  }
}
interface Inner {
  client(): Promise<unknown>;
  _client: unknown;
  _connection: unknown;
}

async function subscribed(config: LogicalReplicationConfig) {
  const connection = new FakeConnection();
  const service = new LogicalReplicationService({}, config);
  const inner = service as unknown as Inner;
  inner.client = async () => {
    const client = Object.assign(new EventEmitter(), { end: async () => undefined });
    inner._client = client;
    inner._connection = connection;
    return [client, connection];
  };
  const plugin = new FakePlugin(null);
  const errors: unknown[] = [];
  service.on('error', (error) => void errors.push(error));
  void service.subscribe(plugin, 'slot', '0/0');
  await sleep(0);
  connection.emit('replicationStart');
  const receive = (chunk: Buffer) => connection.emit('copyData', { chunk });
  return { service, connection, plugin, errors, receive };
}
const row = (lsn: bigint) => xlogData(bytes().tag('I').done(), lsn);

describe('pg-logical-replication 2.5.0', () => {
  it('1: confirms what was only received, by its timer, even with auto:false', async () => {
    const { connection, receive, service } = await subscribed({ acknowledge: { auto: false, timeoutSeconds: 1 } });
    receive(row(0x500n));
    await vi.waitFor(() => expect(connection.flushes()).toContain(0x501n), 30_000);
    await service.stop();
  });

  it('1b: sends nothing at all with auto:false and timeoutSeconds:0, which is how it is used', async () => {
    const { connection, receive } = await subscribed({ acknowledge: { auto: false, timeoutSeconds: 0 } });
    receive(row(0x500n));
    receive(keepalive(0x600n, true));
    await sleep(20);
    expect(connection.sent).toEqual([]);
  });

  it('2: goes on after a handler failed, so that the next confirm covers the failed row', async () => {
    const { connection, receive, service, errors } = await subscribed({
      acknowledge: { auto: true, timeoutSeconds: 0 },
      flowControl: { enabled: true },
    });
    service.on('data', async (lsn) => {
      if (lsn === '0/100') throw new Error('not delivered');
    });
    receive(row(0x100n));
    receive(row(0x200n));
    await vi.waitFor(() => expect(connection.flushes()).toEqual([0x201n]), 30_000);
    expect(errors).toHaveLength(1);
  });

  it('3: starts again behind what it had received, not behind what was confirmed', async () => {
    const { plugin, receive, service } = await subscribed({ acknowledge: { auto: false, timeoutSeconds: 0 } });
    receive(row(0x300n));
    await service.stop();
    void service.subscribe(plugin, 'slot');
    await vi.waitFor(() => expect(plugin.startedAt).toEqual(['0/0', '0/300']), 30_000);
  });

  it('4 and 5: confirms every message, adds 1 to its LSN, and so sends 0/1 for a relation', async () => {
    const { connection, receive } = await subscribed({ acknowledge: { auto: true, timeoutSeconds: 0 } });
    receive(row(0n));
    receive(row(0xffff_ffffn));
    await vi.waitFor(() => expect(connection.flushes()).toEqual([1n, 0x1_0000_0000n]), 30_000);
  });

  it('6: is seven days off with the server’s time', async () => {
    const { receive, service } = await subscribed({ acknowledge: { auto: false, timeoutSeconds: 0 } });
    const times: number[] = [];
    service.on('heartbeat', (_lsn, timestamp) => void times.push(timestamp));
    const stamped = keepalive(1n, false);
    stamped.writeBigUInt64BE(PG_TIME, 9);
    receive(stamped);
    const days = (Number(UNIX_TIME / 1000n) - (times[0] ?? 0)) / 86_400_000;
    expect(days).toBeCloseTo(7, 3);
  });

  it('7: answers nobody while its flow control holds the socket: the server gives up after wal_sender_timeout', async () => {
    const { connection, receive, service } = await subscribed({
      acknowledge: { auto: false, timeoutSeconds: 0 },
      flowControl: { enabled: true },
    });
    service.on('data', () => sleep(50));
    receive(row(0x100n));
    receive(keepalive(0x200n, true));
    await sleep(20);
    expect(connection.stream.pause).toHaveBeenCalled();
    expect(connection.stream.resume).not.toHaveBeenCalled();
    expect(connection.sent).toEqual([]);
  });
});
