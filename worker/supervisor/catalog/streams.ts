import type { DesiredState, StreamState } from '@/core/lifecycle/stream-state';
import type { StreamSpec } from '@/core/spec/stream-spec';
import type { Query } from './catalog';
import type { SnapshotState } from './provisions';

/** A stream that people want something of, with all that the supervisor decides by. */
export interface StreamRow {
  readonly id: string;
  readonly name: string;
  readonly desired: Exclude<DesiredState, 'none'>;
  readonly state: StreamState;
  readonly stateDetail: Readonly<Record<string, unknown>> | null;
  readonly restartNonce: number;
  readonly revision: { readonly id: string; readonly number: number; readonly sourceHash: string; readonly spec: StreamSpec } | null;
  /** The approved request for the current revision's source part; null = not approved. Bytes. */
  readonly approvedBudgetBytes: number | null;
  readonly provision: ProvisionRow | null;
  readonly lease: { readonly workerId: string; readonly epoch: number; readonly expired: boolean } | null;
  /** Changes when the source database or the sink target was edited. */
  readonly connectionStamp: string;
  /** Changes with every decision of people about rows to be read again; null when none is under way. */
  readonly snapshotStamp?: string | null;
  /** Its spec asks for the rows alone (`initial_only`), all of them are settled, and no dead letter waits for a decision. */
  readonly rowsDelivered?: boolean;
  /** Times within the last hour that the worker began it anew by itself; counted while it waits for that only. */
  readonly selfRecoveries?: number;
}

export interface ProvisionRow {
  readonly sourceId: string;
  readonly slotName: string;
  readonly publicationName: string;
  readonly sourceHash: string;
  readonly walBudgetBytes: number;
  readonly status: 'intent' | 'publication' | 'ready' | 'dropping' | 'dropped';
  readonly systemIdentifier: string | null;
  readonly consistentPoint: string | null;
  /** Epoch of the pipeline that made the slot. */
  readonly slotEpoch?: number | null;
  readonly snapshotState: SnapshotState;
  readonly promisedLsn: string | null;
  /** WAL timeline on which the stream was last seen. */
  readonly timeline?: number | null;
  /** Oid of the published table as first seen. */
  readonly tableOid?: number | null;
  /** ISO time at which the promise was last recorded. */
  readonly promisedAt?: string | null;
}

interface Raw {
  id: string;
  name: string;
  desired: Exclude<DesiredState, 'none'>;
  state: StreamState;
  state_detail: Record<string, unknown> | null;
  restart_nonce: number;
  revision_id: string | null;
  revision_number: number;
  source_hash: string;
  spec: StreamSpec;
  approved_budget: number | null;
  p_source_id: string | null;
  slot_name: string;
  publication_name: string;
  p_source_hash: string;
  wal_budget_bytes: number;
  p_status: ProvisionRow['status'];
  system_identifier: string | null;
  consistent_point: string | null;
  slot_epoch: number | null;
  snapshot_state: SnapshotState;
  promised_lsn: string | null;
  timeline: number | null;
  promised_at: string | null;
  table_oid: number | null;
  worker_id: string | null;
  epoch: number;
  lease_expired: boolean;
  connection_stamp: string;
  snapshot_stamp: string | null;
  rows_delivered: boolean | null;
  self_recoveries: number | null;
}

const SELECT_STREAMS = `
  SELECT s.id, s.name, s.desired::text AS desired, s.state, s.state_detail, s.restart_nonce,
         r.id AS revision_id, r.number AS revision_number, r.source_hash, r.spec,
         (SELECT COALESCE(q.wal_budget_bytes, 0)::float8 FROM slot_request q
           WHERE q.stream_id = s.id AND q.status = 'approved' AND q.source_hash = r.source_hash
           ORDER BY q.decided_at DESC NULLS LAST LIMIT 1) AS approved_budget,
         p.source_id AS p_source_id, p.slot_name, p.publication_name, p.source_hash AS p_source_hash,
         p.wal_budget_bytes::float8 AS wal_budget_bytes, p.status AS p_status, p.system_identifier, p.consistent_point, p.slot_epoch::float8 AS slot_epoch,
         p.snapshot_state, p.timeline, p.promised_lsn, to_json(p.promised_at) #>> '{}' AS promised_at, p.table_oid::float8 AS table_oid,
         l.worker_id, l.epoch::float8 AS epoch, l.expires_at <= clock_timestamp() AS lease_expired,
         concat_ws('/', src.id, src.secret_version, extract(epoch FROM src.updated_at),
                        t.id, t.secret_version, extract(epoch FROM t.updated_at)) AS connection_stamp,
         (SELECT q.id || ' ' || q.status FROM snapshot_request q WHERE q.stream_id = s.id AND q.status IN ('running', 'paused')) AS snapshot_stamp,
         CASE WHEN r.spec -> 'source' ->> 'snapshot' = 'initial_only' AND p.snapshot_state = 'done' AND p.source_hash = r.source_hash
              THEN NOT EXISTS (SELECT FROM dead_letter d WHERE d.stream_id = s.id AND d.status IN ('open', 'parked', 'replaying'))
               AND NOT EXISTS (SELECT FROM spill_batch b WHERE b.stream_id = s.id)
              END AS rows_delivered,
         CASE WHEN r.spec -> 'source' ->> 'snapshot' = 'when_needed' AND s.state IN ('slot_lost', 'position_mismatch')
              THEN (SELECT count(*)::int FROM stream_event e
                     WHERE e.stream_id = s.id AND e.detail ? 'selfRecovery' AND e.at > clock_timestamp() - interval '1 hour')
              END AS self_recoveries
  FROM stream s
  LEFT JOIN stream_revision r ON r.id = s.current_revision_id
  LEFT JOIN provision p ON p.stream_id = s.id
  LEFT JOIN stream_lease l ON l.stream_id = s.id
  LEFT JOIN source_database src ON src.name = r.spec -> 'source' ->> 'database' AND src.removed_at IS NULL
  LEFT JOIN sink_target t ON t.name = r.spec -> 'sink' ->> 'target' AND t.removed_at IS NULL`;

/** Every stream that should run, be paused, or be retired and is not yet. */
export async function wantedStreams(query: Query): Promise<StreamRow[]> {
  return (await query<Raw>(`${SELECT_STREAMS} WHERE s.desired <> 'none' AND s.state <> 'retired' ORDER BY s.created_at, s.id`)).map(toRow);
}

function toRow(raw: Raw): StreamRow {
  return {
    id: raw.id,
    name: raw.name,
    desired: raw.desired,
    state: raw.state,
    stateDetail: raw.state_detail,
    restartNonce: raw.restart_nonce,
    revision:
      raw.revision_id === null ? null : { id: raw.revision_id, number: raw.revision_number, sourceHash: raw.source_hash, spec: raw.spec },
    approvedBudgetBytes: raw.approved_budget,
    provision:
      raw.p_source_id === null
        ? null
        : {
            sourceId: raw.p_source_id,
            slotName: raw.slot_name,
            publicationName: raw.publication_name,
            sourceHash: raw.p_source_hash,
            walBudgetBytes: raw.wal_budget_bytes,
            status: raw.p_status,
            systemIdentifier: raw.system_identifier,
            consistentPoint: raw.consistent_point,
            slotEpoch: raw.slot_epoch,
            snapshotState: raw.snapshot_state,
            promisedLsn: raw.promised_lsn,
            timeline: raw.timeline,
            promisedAt: raw.promised_at,
            tableOid: raw.table_oid,
          },
    lease: raw.worker_id === null ? null : { workerId: raw.worker_id, epoch: raw.epoch, expired: raw.lease_expired },
    connectionStamp: raw.connection_stamp,
    snapshotStamp: raw.snapshot_stamp,
    ...(raw.rows_delivered === null ? {} : { rowsDelivered: raw.rows_delivered }),
    ...(raw.self_recoveries === null ? {} : { selfRecoveries: raw.self_recoveries }),
  };
}
