import type { ErrorKind } from '@/core/error-catalogue';
import type { Assignment } from '@/worker/pipeline/assignment';
import type { FromPipeline, ToPipeline } from '@/worker/pipeline/messages';

/** How a pipeline ended. */
export interface PipelineExit {
  /** True when this worker asked it to stop. */
  readonly requested: boolean;
  /** Why it failed; null after a requested stop. */
  readonly errorKind: ErrorKind | null;
  readonly message: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface PipelineHandle {
  readonly streamId: string;
  readonly pid: number | null;
  /** Settles once, when nothing of the pipeline is left. Never rejects. */
  readonly exited: Promise<PipelineExit>;
  send(message: ToPipeline): void;
  /** Lets it settle what is in flight; ends it by force after `graceMs`. */
  stop(reason: string, graceMs?: number): Promise<PipelineExit>;
}

/** Where pipelines run. A process per stream here; a Deployment per stream where one machine is outgrown. */
export interface Runtime {
  /** Starts a pipeline and hands over its assignment. Messages arrive in order, none after `exited`. */
  start(assignment: Assignment, onMessage: (message: FromPipeline) => void): PipelineHandle;
}
