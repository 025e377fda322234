import type { ErrorKind } from '@/core/error-catalogue';
import { EXIT } from '@/worker/pipeline/exit-codes';
import type { FromPipeline } from '@/worker/pipeline/messages';
import type { PipelineExit } from '../runtime';

export type Fault = Extract<FromPipeline, { type: 'fault' }>;

/** All that is known when a pipeline process is gone. */
export interface ExitFacts {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stopRequested: boolean;
  /** Why this worker ended it by force, if it did. */
  readonly killed: { readonly errorKind: ErrorKind; readonly message: string } | null;
  readonly fault: Fault | null;
  /** The last lines of its stderr. */
  readonly stderrTail: string;
  /** Error of the fork itself. */
  readonly spawnError: string | null;
}

/** Names why a pipeline ended. A stop that was asked for is never a failure, however it went. */
export function exitOf(facts: ExitFacts): PipelineExit {
  if (facts.stopRequested) return { requested: true, errorKind: null, message: facts.killed ? facts.killed.message : 'stopped' };
  const failed = (errorKind: ErrorKind, message: string, detail?: Fault['detail']): PipelineExit => ({
    requested: false,
    errorKind,
    message,
    ...(detail ? { detail } : {}),
  });
  if (facts.killed) return failed(facts.killed.errorKind, facts.killed.message);
  if (facts.fault) return failed(facts.fault.errorKind, facts.fault.message, facts.fault.detail);
  if (facts.spawnError) return failed('pipeline_crashed', `the process could not be started: ${facts.spawnError}`);
  // V8 prints this and aborts (SIGABRT; code 134 through a shell) when the heap limit is reached.
  if (/heap out of memory|Reached heap limit|ERR_WORKER_OUT_OF_MEMORY/.test(facts.stderrTail)) {
    return failed('out_of_memory', 'the process reached its heap limit');
  }
  if (facts.code === EXIT.fenced) return failed('fenced', 'a later instance of this stream took over');
  if (facts.signal) return failed('pipeline_crashed', `the process was ended by ${facts.signal}`);
  if (facts.code === 0) return failed('pipeline_crashed', 'the process ended without being asked to');
  return failed('pipeline_crashed', `the process ended with exit code ${facts.code ?? 'unknown'}`);
}
