import type { ActionResult } from '@/core/dto/action-result';
import type { SinkTargetDto, SourceDto } from '@/core/dto/connection';
import type { DraftDto } from '@/core/dto/stream';
import type { StreamSpec } from '@/core/spec/stream-spec';
import type { WizardStart } from './wizard-start';

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
  readonly start: WizardStart;
  /** The draft that `start` is made of. */
  readonly draft: Pick<DraftDto, 'id' | 'kept'> | null;
  readonly revised: RevisedStream | null;
  readonly actions: {
    readonly request: (input: unknown) => Promise<ActionResult<{ streamId: string; requestId: string }>>;
    readonly revise: (input: unknown) => Promise<ActionResult<{ revisionNumber: number; needsApproval: boolean }>>;
    readonly discardDraft: (input: unknown) => Promise<ActionResult<unknown>>;
  };
}
