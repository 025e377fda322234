import type { ActionResult } from '@/core/dto/action-result';
import type { SinkTargetDto, SourceDto } from '@/core/dto/connection';
import type { DraftDto } from '@/core/dto/stream';
import type { StreamSpec } from '@/core/spec/stream-spec';

/** The stream that is being changed; `asksAgain` = nothing runs yet, so the wizard requests approval again instead of revising. */
export interface RevisedStream {
  readonly id: string;
  readonly name: string;
  readonly teamId: string;
  readonly spec: StreamSpec;
  readonly asksAgain: boolean;
}

export interface WizardProps {
  readonly teams: readonly { readonly id: string; readonly name: string }[];
  readonly sources: readonly SourceDto[];
  readonly targets: readonly SinkTargetDto[];
  readonly draft: DraftDto | null;
  readonly revised: RevisedStream | null;
  readonly actions: {
    readonly request: (input: unknown) => Promise<ActionResult<{ streamId: string; requestId: string }>>;
    readonly revise: (input: unknown) => Promise<ActionResult<{ revisionNumber: number; needsApproval: boolean }>>;
    readonly discardDraft: (input: unknown) => Promise<ActionResult<unknown>>;
  };
}
