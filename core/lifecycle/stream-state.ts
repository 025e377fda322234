/** What people asked for. Written by control verbs only; `none` until a request is approved. */
export const DESIRED_STATES = ['none', 'running', 'paused', 'retired'] as const;
export type DesiredState = (typeof DESIRED_STATES)[number];

/** Where a stream is in its life (design section 2). Governance states are written by verbs, the rest by the worker. */
export const STREAM_STATES = [
  'draft',
  'requested',
  'approved',
  'rejected',
  'provisioning',
  'snapshotting',
  'streaming',
  'paused',
  'retiring',
  'retired',
  'retrying',
  'spilling',
  'draining',
  'parked',
  'slot_lost',
  'position_mismatch',
  'slot_in_use',
  'failed',
] as const;
export type StreamState = (typeof STREAM_STATES)[number];

/** The four meanings colour may carry in the portal, and the neutral one. */
export type Tone = 'neutral' | 'healthy' | 'attention' | 'danger' | 'spilling';

export interface StateFace {
  /** The word on the pill. */
  readonly word: string;
  readonly tone: Tone;
  /** One sentence for the person reading it. */
  readonly sentence: string;
  /** One next action. */
  readonly next: string;
}

export const STATE_FACES: Readonly<Record<StreamState, StateFace>> = {
  draft: {
    word: 'Draft',
    tone: 'neutral',
    sentence: 'Nobody has been asked to approve this stream yet.',
    next: 'Finish it and request approval.',
  },
  requested: {
    word: 'Waiting for approval',
    tone: 'attention',
    sentence: 'A platform admin has to approve the replication slot.',
    next: 'A platform admin reviews the request.',
  },
  approved: {
    word: 'Approved',
    tone: 'neutral',
    sentence: 'The slot is approved; the worker will provision it next.',
    next: 'Nothing to do: provisioning starts within seconds.',
  },
  rejected: {
    word: 'Rejected',
    tone: 'danger',
    sentence: 'A platform admin rejected the request.',
    next: 'Read the reason, change the stream and request again.',
  },
  provisioning: {
    word: 'Provisioning',
    tone: 'neutral',
    sentence: 'The worker is creating publication and replication slot.',
    next: 'Nothing to do unless it stays here for a minute.',
  },
  snapshotting: {
    word: 'Snapshotting',
    tone: 'healthy',
    sentence: 'Existing rows are being delivered.',
    next: 'Nothing to do: streaming follows by itself.',
  },
  streaming: { word: 'Streaming', tone: 'healthy', sentence: 'Changes are delivered as they commit.', next: 'Nothing to do.' },
  paused: {
    word: 'Paused',
    tone: 'attention',
    sentence: 'Somebody paused this stream; its slot keeps retaining WAL.',
    next: 'Resume it before its WAL budget is used up.',
  },
  retiring: {
    word: 'Retiring',
    tone: 'neutral',
    sentence: 'Slot and publication are being dropped.',
    next: 'Nothing to do: it is retried until both are gone.',
  },
  retired: {
    word: 'Retired',
    tone: 'neutral',
    sentence: 'Slot and publication are gone from the server.',
    next: 'Declare a new stream if the data is needed again.',
  },
  retrying: {
    word: 'Retrying',
    tone: 'attention',
    sentence: 'The sink or the source cannot be reached; nothing is lost, WAL is retained.',
    next: 'Bring the sink back; delivery resumes by itself.',
  },
  spilling: {
    word: 'Spilling',
    tone: 'spilling',
    sentence: 'The sink is down and events go to the durable buffer.',
    next: 'Bring the sink back; the buffer drains in order.',
  },
  draining: {
    word: 'Draining',
    tone: 'spilling',
    sentence: 'Events of the durable buffer are delivered in order; live events follow behind them.',
    next: 'Nothing to do: direct delivery goes on once the buffer is empty.',
  },
  parked: {
    word: 'Parked',
    tone: 'danger',
    sentence: 'The limit of parked events is reached; delivery has stopped.',
    next: 'Review the dead letters.',
  },
  slot_lost: {
    word: 'Slot lost',
    tone: 'danger',
    sentence: 'The server invalidated or dropped the replication slot; changes since then cannot be read from it.',
    next: 'Read the reason, then read the table again, or retire the stream.',
  },
  position_mismatch: {
    word: 'Position mismatch',
    tone: 'danger',
    sentence: 'The slot is not where this stream left it; events may have been skipped.',
    next: 'Find out who moved or recreated the slot; then read the table again.',
  },
  slot_in_use: {
    word: 'Slot in use',
    tone: 'danger',
    sentence: 'Another process reads from the slot of this stream.',
    next: 'Stop the process that holds it.',
  },
  failed: {
    word: 'Failed',
    tone: 'danger',
    sentence: 'The pipeline stopped on an error that retrying cannot mend.',
    next: 'Follow the remedy that comes with the error.',
  },
};

/** States in which a pipeline process should exist. */
export function isLive(state: StreamState): boolean {
  return ['provisioning', 'snapshotting', 'streaming', 'retrying', 'spilling', 'draining', 'parked', 'slot_in_use'].includes(state);
}

/** States in which the worker waits for a person: the restart policy must not start the pipeline by itself. */
export function needsPerson(state: StreamState): boolean {
  return state === 'slot_lost' || state === 'position_mismatch' || state === 'failed';
}
