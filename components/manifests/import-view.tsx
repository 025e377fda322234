'use client';

import { FileInput, FileUp } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useDeferredValue, useRef, useState } from 'react';
import { problemText } from '@/components/forms/problem-text';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorPanel } from '@/components/ui/error-panel';
import { Field } from '@/components/ui/field';
import { formatPlural } from '@/components/ui/figures';
import { Select } from '@/components/ui/select';
import { Textarea } from '@/components/ui/textarea';
import { toast } from '@/components/ui/toast';
import { useAction } from '@/components/ui/use-action';
import type { ActionResult } from '@/core/dto/action-result';
import type { Connections, ImportedEntry } from '@/core/spec/fes/imported';
import { MAX_MANIFEST_BYTES } from '@/core/spec/fes/manifest-size';
import { EntryItem } from './entry-item';
import { useImported } from './use-imported';

interface ImportViewProps {
  readonly teams: readonly { readonly id: string; readonly name: string }[];
  readonly connections: Connections;
}

/** Paste or choose a file of manifests, see what becomes of each entry, and open it as a draft. Nothing is sent before that. */
export function ImportView({ teams, connections }: ImportViewProps) {
  const router = useRouter();
  const [text, setText] = useState('');
  const [teamId, setTeamId] = useState(teams[0]?.id ?? '');
  const [unreadable, setUnreadable] = useState<string | null>(null);
  const file = useRef<HTMLInputElement>(null);
  const read = useDeferredValue(text);
  const result = useImported(read, connections);
  const send = useAction(postManifest);
  const able = result?.ok ? result.entries.filter(({ draft }) => draft !== null).length : 0;

  const take = async (chosen: File | undefined) => {
    if (!chosen) return;
    const large = chosen.size > MAX_MANIFEST_BYTES;
    setUnreadable(large ? `${chosen.name} has ${chosen.size.toLocaleString('en')} bytes: keep the file within 1 MiB.` : null);
    if (!large) setText(await chosen.text());
  };
  const open = async (entries?: readonly number[]) => {
    const done = await send.run({ teamId, text, ...(entries ? { entries } : {}) });
    if (!done.ok) return;
    const { drafts } = done.value;
    const only = drafts.length === 1 ? drafts[0] : undefined;
    if (!only)
      toast.success(`${formatPlural(drafts.length, 'draft')} made`, { description: 'Each keeps its manifest. Open one to request it.' });
    router.push(only ? `/streams/new?draft=${only.draftId}` : '/streams');
  };

  return (
    <div className="flex flex-col gap-4">
      <Card title="Manifest" description="YAML or JSON, several documents too. It is read here in the browser until you open a draft.">
        <div className="flex flex-col gap-4">
          <Field label="Manifest text" labelHidden error={unreadable}>
            <Textarea
              className="font-mono text-sm"
              rows={12}
              value={text}
              spellCheck={false}
              placeholder={'apiVersion: zalando.org/v1\nkind: FabricEventStream\n…'}
              onChange={(event) => {
                setUnreadable(null);
                setText(event.target.value);
              }}
            />
          </Field>
          <div className="flex flex-wrap items-end justify-between gap-3">
            <div>
              <input
                ref={file}
                type="file"
                accept=".yaml,.yml,.json"
                className="sr-only"
                tabIndex={-1}
                aria-label="Manifest file"
                onChange={(event) => {
                  void take(event.target.files?.[0]);
                  event.target.value = '';
                }}
              />
              <Button onClick={() => file.current?.click()}>
                <FileUp aria-hidden />
                Choose a file
              </Button>
            </div>
            {teams.length > 1 ? (
              <Field label="Team">
                <Select value={teamId} onChange={(event) => setTeamId(event.target.value)}>
                  {teams.map((team) => (
                    <option key={team.id} value={team.id}>
                      {team.name}
                    </option>
                  ))}
                </Select>
              </Field>
            ) : null}
          </div>
        </div>
      </Card>
      {send.error ? (
        <ErrorPanel
          title={send.error.message}
          message={send.error.problems?.map((problem) => `${problem.field}: ${problemText(problem)}`).join(' ')}
          remedy={send.error.remedy}
          id={send.error.id}
        />
      ) : null}
      {result === null ? (
        <Card>
          <EmptyState icon={FileInput} title="No manifest yet">
            Paste a FabricEventStream, the streams section of a postgresql resource, or a spec in Spillway’s own YAML. What becomes of each
            entry shows here.
          </EmptyState>
        </Card>
      ) : null}
      {result && !result.ok ? (
        <Callout tone="danger" title="This cannot be imported as it is">
          {result.problems.map((problem) => (
            <p key={problem.field} className="break-words">
              <span className="font-mono text-sm">{problem.field}</span> {problemText(problem)}
            </p>
          ))}
        </Callout>
      ) : null}
      {result?.ok ? (
        <Card
          title={`${able} of ${formatPlural(result.entries.length, 'entry', 'entries')} can run here`}
          description={result.skipped.length > 0 ? `Left alone: ${result.skipped.join(', ')}.` : undefined}
          actions={
            able > 1 ? (
              <Button variant="primary" busy={send.busy ? 'Making drafts…' : false} onClick={() => open()}>
                Make {able} drafts
              </Button>
            ) : null
          }
          flush
        >
          <ol className="divide-y border-t">
            {inOrder(result.entries).map(({ key, entry, index }) => (
              <EntryItem key={key} entry={entry} busy={send.busy} onOpen={() => open([index])} />
            ))}
          </ol>
        </Card>
      ) : null}
    </div>
  );
}

/** Entries are told apart by their place in the file alone. */
function inOrder(entries: readonly ImportedEntry[]) {
  return entries.map((entry, index) => ({ key: `${index} ${entry.source}`, entry, index }));
}

interface ImportInput {
  readonly teamId: string;
  readonly text: string;
  readonly entries?: readonly number[];
}

/** By the API and not by a server action: those take no file of 1 MiB. */
async function postManifest(input: ImportInput): Promise<ActionResult<{ drafts: readonly { entry: number; draftId: string }[] }>> {
  const response = await fetch('/api/streams/import', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  return response.json();
}
