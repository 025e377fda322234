'use client';

import dynamic from 'next/dynamic';
import { useId, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Disclosure } from '@/components/ui/disclosure';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioGroup } from '@/components/ui/radio-group';
import { Skeleton } from '@/components/ui/skeleton';
import { Switch } from '@/components/ui/switch';
import type { ScriptConversionSpec, ScriptLanguage } from '@/core/spec/script-conversion';
import type { TextPlace } from './code-editor';
import { ProblemLine } from './problem-line';
import { placeNamed } from './script-problem';
import { figure } from './typed';

const ScriptEditor = dynamic(() => import('./script-editor'), { ssr: false, loading: () => <Skeleton className="h-72" /> });

/** A script as typed: figures are text until they are some. */
export type ScriptForm = {
  readonly [F in keyof ScriptConversionSpec]: ScriptConversionSpec[F] extends number ? number | string : ScriptConversionSpec[F];
};

interface ScriptFieldsProps {
  readonly script: ScriptForm;
  readonly onChange: (change: Partial<ScriptForm>) => void;
  /** What is wrong with a field, by name. */
  readonly problem: (field: keyof ScriptConversionSpec) => string | undefined;
  /** Why real rows fail in the script, from the preview; the first such row's words. */
  readonly failing?: string | undefined;
}

const LANGUAGES: readonly { readonly value: ScriptLanguage; readonly label: string; readonly hint: string }[] = [
  { value: 'typescript', label: 'TypeScript', hint: 'Types are taken out, not checked. No enums and no namespaces.' },
  { value: 'javascript', label: 'JavaScript', hint: 'Starts a moment faster.' },
];

/** A script and its limits. Real rows before and after it are in the preview beside. */
export function ScriptFields({ script, onChange, problem, failing }: ScriptFieldsProps) {
  const id = useId();
  const [goTo, setGoTo] = useState<TextPlace | null>(null);
  const wrong = problem('code') ?? failing;
  const place = wrong ? placeNamed(wrong) : null;
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-col gap-2">
        <p id={`${id}-about`} className="text-sm text-ink-muted">
          A module with one default export: a function of an event that returns the event to send, a list of them, or null to leave it out.
          It runs in a sandbox without network, files or timers, and sees nothing of other events.
        </p>
        <ScriptEditor value={script.code} onChange={(code) => onChange({ code })} describedBy={`${id}-about ${id}-wrong`} goTo={goTo} />
        <div id={`${id}-wrong`} className="flex flex-wrap items-center gap-2 empty:hidden">
          <ProblemLine>{wrong && sentence(wrong)}</ProblemLine>
          {place ? (
            <Button size="sm" variant="ghost" onClick={() => setGoTo({ ...place })}>
              Go to line {place.line}
            </Button>
          ) : null}
        </div>
      </div>
      <RadioGroup
        label="Language"
        columns={2}
        value={script.language}
        onChange={(language) => onChange({ language })}
        options={LANGUAGES}
      />
      <ProblemLine>{problem('language')}</ProblemLine>
      <Disclosure title="Clock and limits" chosen={limitWords(script)} open={false}>
        <div className="flex flex-col gap-4">
          <Switch
            label="The same result every time"
            hint="The clock stands at the event’s commit and random numbers come from its id, so an event that is sent again is the same. Off: the real time, and random numbers that nobody can repeat."
            checked={script.deterministic}
            onCheckedChange={(deterministic) => onChange({ deterministic })}
          />
          <div className="grid gap-4 sm:grid-cols-2">
            <Field
              label="Time per event, ms"
              hint="On the processor, 1 to 5,000. An event that takes longer goes to recovery."
              error={problem('timeoutMs')}
            >
              <Input
                inputMode="numeric"
                value={String(script.timeoutMs)}
                onChange={(event) => onChange({ timeoutMs: figure(event.target.value) })}
              />
            </Field>
            <Field label="Memory, MiB" hint="16 to 256. An event that needs more goes to recovery." error={problem('memoryMb')}>
              <Input
                inputMode="numeric"
                value={String(script.memoryMb)}
                onChange={(event) => onChange({ memoryMb: figure(event.target.value) })}
              />
            </Field>
          </div>
        </div>
      </Disclosure>
    </div>
  );
}

function limitWords({ deterministic, timeoutMs, memoryMb }: ScriptForm): string {
  return `${deterministic ? 'the event’s clock' : 'the real clock'}, ${timeoutMs} ms, ${memoryMb} MiB`;
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
