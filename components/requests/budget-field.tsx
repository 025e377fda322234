'use client';

import { Field } from '@/components/ui/field';
import { formatBytes, formatDuration } from '@/components/ui/figures';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { BYTE_UNITS, type ByteUnit, joinBytes, MIN_BUDGET_BYTES } from './byte-size';

/** A WAL budget as typed. */
export interface TypedBudget {
  readonly figure: string;
  readonly unit: ByteUnit;
}

/** What is known of the server that the budget is for; null = unknown, a cap of null = unlimited. */
export interface BudgetServer {
  readonly walBytesPerSec: number | null;
  readonly maxSlotWalKeepBytes: number | null;
}

interface BudgetFieldProps {
  readonly value: TypedBudget;
  readonly onChange: (value: TypedBudget) => void;
  readonly server: BudgetServer | null;
}

/** How much WAL a slot may retain: figure and unit, what it means on this server, and what is wrong with it. */
export function BudgetField({ value, onChange, server }: BudgetFieldProps) {
  const { figure, unit } = value;
  const problem = budgetProblem(value);
  return (
    <Field label="WAL budget" hint={budgetWords(joinBytes(figure, unit), server)} error={problem}>
      <div className="flex gap-2">
        <Input
          aria-label="WAL budget"
          inputMode="decimal"
          value={figure}
          aria-invalid={problem !== null || undefined}
          onChange={(event) => onChange({ figure: event.target.value, unit })}
        />
        <Select
          aria-label="Unit of the WAL budget"
          id={undefined}
          className="w-24 shrink-0"
          value={unit}
          onChange={(event) => onChange({ figure, unit: event.target.value as ByteUnit })}
        >
          {Object.keys(BYTE_UNITS).map((each) => (
            <option key={each}>{each}</option>
          ))}
        </Select>
      </div>
    </Field>
  );
}

/** Bytes of a budget that may be set; null when it may not. */
export function budgetBytes({ figure, unit }: TypedBudget): number | null {
  const bytes = joinBytes(figure, unit);
  return bytes === null || bytes < MIN_BUDGET_BYTES ? null : bytes;
}

function budgetProblem({ figure, unit }: TypedBudget): string | null {
  const bytes = joinBytes(figure, unit);
  if (bytes === null) return `“${figure}”: give a number above 0.`;
  return bytes < MIN_BUDGET_BYTES ? `“${figure} ${unit}”: give at least ${formatBytes(MIN_BUDGET_BYTES)}, four WAL segments.` : null;
}

function budgetWords(bytes: number | null, server: BudgetServer | null): string {
  const meaning = 'The WAL that this slot may retain before people are warned and the stream is shown as in danger.';
  if (!bytes) return meaning;
  const rate = server?.walBytesPerSec ?? 0;
  const cap = server?.maxSlotWalKeepBytes ?? null;
  const lasts = rate > 0 ? ` At ${formatBytes(rate)}/s it lasts about ${formatDuration(bytes / rate)} once the stream stops.` : '';
  const over =
    cap !== null && bytes > cap ? ` It is above the server’s cap of ${formatBytes(cap)}: the server would invalidate the slot first.` : '';
  return `${meaning}${lasts}${over}`;
}
