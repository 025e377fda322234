import { ERROR_CATALOGUE, type ErrorKind } from '@/core/error-catalogue';
import type { SpillwayError } from '@/core/errors';
import type { StreamState } from '@/core/lifecycle/stream-state';
import { type Condition, differs } from './condition';
import type { FromPipeline } from './messages';

type Report = Extract<FromPipeline, { type: 'state' }>;

/** What a person would read: a fault of the source comes before one of delivery, and either before the phase. Sent on change only. */
export class StateReporter {
  private phase: { state: StreamState; reason: string } | null = null;
  private source: Report | null = null;
  private delivery: Condition | null = null;
  private sent: Report | null = null;

  constructor(private readonly send: (report: Report) => void) {}

  enter(state: 'provisioning' | 'snapshotting' | 'streaming', reason: string): void {
    this.phase = { state, reason };
    this.source = null;
    this.report();
  }

  sourceFault(error: SpillwayError): void {
    this.source = {
      type: 'state',
      state: stateOf(error.kind),
      reason: error.message,
      errorKind: error.kind,
      detail: { ...error.detail },
    };
    this.report();
  }

  /** The fault was of something beside the stream, which went on meanwhile. */
  sourceRecovered(): void {
    this.source = null;
    this.report();
  }

  deliveryCondition(condition: Condition | null): void {
    if (!differs(condition, this.delivery)) return;
    this.delivery = condition;
    this.report();
  }

  private report(): void {
    const report: Report | null = this.source ?? (this.delivery ? { type: 'state', ...this.delivery } : this.phaseReport());
    if (!report || (this.sent && sameReport(report, this.sent))) return;
    this.sent = report;
    this.send(report);
  }

  private phaseReport(): Report | null {
    return this.phase && { type: 'state', ...this.phase };
  }
}

/** The stream's state for a fault of its source. */
export function stateOf(kind: ErrorKind): StreamState {
  if (kind === 'slot_lost' || kind === 'position_mismatch' || kind === 'slot_in_use') return kind;
  return ERROR_CATALOGUE[kind].retry === 'timed' ? 'retrying' : 'failed';
}

function sameReport(a: Report, b: Report): boolean {
  // Words of an error change with every attempt; those of a phase say what is done now.
  const sameWords = a.errorKind !== undefined || a.reason === b.reason;
  const sameFault = a.errorKind === b.errorKind && a.detail?.errorClass === b.detail?.errorClass && a.detail?.spill === b.detail?.spill;
  return a.state === b.state && sameFault && sameWords;
}
