import type { StreamSpecInput } from '@/core/spec/stream-spec';
import { specFor } from '@/worker/supervisor/fixture-spec';
import { LONG_MS, within } from './fault';
import type { ChaosWorld } from './world';

let made = 0;

/** A stream that one fault has for itself, into the event log: what happens to it is no loss of the others. */
export class SideStream {
  private constructor(
    private readonly world: ChaosWorld,
    readonly name: string,
    readonly id: string,
  ) {}

  /** On a table of its own unless another is named. It streams, or reads its rows, when this resolves. */
  static async begin(world: ChaosWorld, options: { table?: string; snapshot?: 'initial' | 'no_data' } = {}): Promise<SideStream> {
    const name = `side-${++made}`;
    const table = options.table ?? `side_${made}`;
    if (!options.table) await world.watch.query(`CREATE TABLE ${table} (id int PRIMARY KEY, version int NOT NULL)`);
    const spec: StreamSpecInput = specFor(name, 'shop', table, 'log', options.snapshot ?? 'no_data');
    const id = await world.fixture.addApprovedStream(spec, 8 * 1024 ** 3);
    const stream = new SideStream(world, name, id);
    await stream.reaches(options.snapshot === 'initial' ? ['snapshotting', 'streaming'] : ['streaming']);
    return stream;
  }

  async row(): Promise<{ state: string; reason: string; kind: string | null; slot: string }> {
    const [row] = await this.world.fixture.sql<{ state: string; reason: string | null; kind: string | null; slot: string }>(
      `SELECT s.state, s.state_reason AS reason, s.error_kind AS kind, p.slot_name AS slot
       FROM stream s LEFT JOIN provision p ON p.stream_id = s.id WHERE s.id = $1`,
      [this.id],
    );
    return { state: 'gone', kind: null, slot: '', ...row, reason: row?.reason ?? '' };
  }
  async reaches(states: readonly string[]): Promise<void> {
    await within(`${this.name} to be ${states.join(' or ')}`, LONG_MS, async () => states.includes((await this.row()).state));
  }
  async want(desired: 'running' | 'paused' | 'retired'): Promise<void> {
    await this.world.fixture.sql('UPDATE stream SET desired = $2::"DesiredState" WHERE id = $1', [this.id, desired]);
  }
  async pause(): Promise<void> {
    await this.want('paused');
    await this.reaches(['paused']);
  }

  /** What the server says of its slot. */
  async slot(): Promise<{ wal_status: string; consistent: string } | undefined> {
    const { slot } = await this.row();
    const [row] = await this.world.watch.query<{ wal_status: string; consistent: string }>(
      'SELECT wal_status, confirmed_flush_lsn::text AS consistent FROM pg_replication_slots WHERE slot_name = $1',
      [slot],
    );
    return row;
  }
  /** Nothing of it is left, by the word of the server. */
  async retire(): Promise<void> {
    await this.want('retired');
    await this.reaches(['retired']);
  }
}
