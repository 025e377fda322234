'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { ErrorPanel } from '@/components/ui/error-panel';
import { Field } from '@/components/ui/field';
import { formatBytes } from '@/components/ui/figures';
import { Textarea } from '@/components/ui/textarea';
import { toast } from '@/components/ui/toast';
import { useAction } from '@/components/ui/use-action';
import type { ActionResult } from '@/core/dto/action-result';
import type { Dossier } from '@/core/dto/inspection';
import { BudgetField, budgetBytes, type TypedBudget } from './budget-field';
import { MIN_BUDGET_BYTES, splitBytes } from './byte-size';

export interface DecisionActions {
  readonly approve: (input: unknown) => Promise<ActionResult<unknown>>;
  readonly reject: (input: unknown) => Promise<ActionResult<unknown>>;
}

interface DecisionFormProps {
  readonly requestId: string;
  readonly dossier: Dossier | null;
  readonly actions: DecisionActions;
  /** Called after each attempt: on a conflict the page then shows what somebody else decided. */
  readonly onSettled: () => void;
}

const DEFAULT_BUDGET = 2 ** 30;

/** Approve with a budget, or reject with a reason. */
export function DecisionForm({ requestId, dossier, actions, onSettled }: DecisionFormProps) {
  const suggested = splitBytes(Math.max(MIN_BUDGET_BYTES, dossier?.forecast.suggestedBudgetBytes ?? DEFAULT_BUDGET));
  const [typed, setTyped] = useState<TypedBudget | null>(null);
  const [reason, setReason] = useState('');
  const approve = useAction(actions.approve);
  const reject = useAction(actions.reject);
  const budget = typed ?? suggested;
  const bytes = budgetBytes(budget);
  const error = approve.error ?? reject.error;

  const decide = async (act: typeof approve | typeof reject, input: Record<string, unknown>, done: string) => {
    approve.clear();
    reject.clear();
    const result = await act.run({ requestId, ...input });
    if (result.ok) toast.success(done);
    onSettled();
  };
  return (
    <Card title="Decide" className="lg:sticky lg:top-4">
      <div className="flex flex-col gap-4">
        <BudgetField value={budget} onChange={setTyped} server={dossier?.server ?? null} />
        <Field label="Reason" hint="Optional when you approve; at least 5 characters when you reject. The requester reads it.">
          <Textarea value={reason} onChange={(event) => setReason(event.target.value)} />
        </Field>
        {error ? <ErrorPanel title={error.message} remedy={error.remedy} id={error.id} /> : null}
        <div className="flex flex-wrap justify-end gap-2">
          <Button
            variant="danger-quiet"
            disabled={reason.trim().length < 5 || approve.busy}
            busy={reject.busy ? 'Rejecting…' : false}
            onClick={() => decide(reject, { reason: reason.trim() }, 'Rejected. The requester sees your reason.')}
          >
            Reject request
          </Button>
          <Button
            variant="primary"
            disabled={bytes === null || reject.busy}
            busy={approve.busy ? 'Approving…' : false}
            onClick={() =>
              decide(
                approve,
                { walBudgetBytes: bytes, reason: reason.trim() || null },
                'Approved. The worker provisions publication and slot now.',
              )
            }
          >
            {bytes === null ? 'Approve' : `Approve with ${formatBytes(bytes)}`}
          </Button>
        </div>
      </div>
    </Card>
  );
}
