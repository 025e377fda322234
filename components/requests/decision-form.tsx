'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { ErrorPanel } from '@/components/ui/error-panel';
import { Field } from '@/components/ui/field';
import { formatBytes, formatDuration } from '@/components/ui/figures';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { Textarea } from '@/components/ui/textarea';
import { toast } from '@/components/ui/toast';
import { useAction } from '@/components/ui/use-action';
import type { ActionResult } from '@/core/dto/action-result';
import type { Dossier } from '@/core/dto/inspection';
import { BYTE_UNITS, type ByteUnit, joinBytes, MIN_BUDGET_BYTES, splitBytes } from './byte-size';

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
  const [typed, setTyped] = useState<{ figure: string; unit: ByteUnit } | null>(null);
  const [reason, setReason] = useState('');
  const approve = useAction(actions.approve);
  const reject = useAction(actions.reject);
  const { figure, unit } = typed ?? suggested;
  const bytes = joinBytes(figure, unit);
  const tooSmall = bytes !== null && bytes < MIN_BUDGET_BYTES;
  const error = approve.error ?? reject.error;
  const budgetError =
    bytes === null
      ? `“${figure}”: give a number above 0.`
      : tooSmall
        ? `“${figure} ${unit}”: give at least ${formatBytes(MIN_BUDGET_BYTES)}, four WAL segments.`
        : null;

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
        <Field label="WAL budget" hint={budgetWords(bytes, dossier)} error={budgetError}>
          <div className="flex gap-2">
            <Input
              aria-label="WAL budget"
              inputMode="decimal"
              value={figure}
              aria-invalid={budgetError !== null || undefined}
              onChange={(event) => setTyped({ figure: event.target.value, unit })}
            />
            <Select
              aria-label="Unit of the WAL budget"
              id={undefined}
              className="w-24 shrink-0"
              value={unit}
              onChange={(event) => setTyped({ figure, unit: event.target.value as ByteUnit })}
            >
              {Object.keys(BYTE_UNITS).map((each) => (
                <option key={each}>{each}</option>
              ))}
            </Select>
          </div>
        </Field>
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
            disabled={bytes === null || tooSmall || reject.busy}
            busy={approve.busy ? 'Approving…' : false}
            onClick={() =>
              decide(
                approve,
                { walBudgetBytes: bytes, reason: reason.trim() || null },
                'Approved. The worker provisions publication and slot now.',
              )
            }
          >
            {bytes === null || tooSmall ? 'Approve' : `Approve with ${formatBytes(bytes)}`}
          </Button>
        </div>
      </div>
    </Card>
  );
}

function budgetWords(bytes: number | null, dossier: Dossier | null): string {
  const meaning = 'The WAL that this slot may retain before people are warned and the stream is shown as in danger.';
  const rate = dossier?.server.walBytesPerSec ?? 0;
  if (!bytes || rate <= 0) return meaning;
  const cap = dossier?.server.maxSlotWalKeepBytes ?? null;
  const lasts = `At ${formatBytes(rate)}/s it lasts about ${formatDuration(bytes / rate)} once the stream stops.`;
  const over =
    cap !== null && bytes > cap ? ` It is above the server’s cap of ${formatBytes(cap)}: the server would invalidate the slot first.` : '';
  return `${meaning} ${lasts}${over}`;
}
