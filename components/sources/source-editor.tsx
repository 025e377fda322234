'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { focusFirstProblem } from '@/components/forms/focus-first-problem';
import { askWorkerAsAdmin } from '@/components/inspections/ask-worker';
import { ConnectionTest } from '@/components/inspections/connection-test';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { ErrorPanel } from '@/components/ui/error-panel';
import { toast } from '@/components/ui/toast';
import { useAction } from '@/components/ui/use-action';
import type { ActionResult } from '@/core/dto/action-result';
import type { SourceDto } from '@/core/dto/connection';
import { SourceFields } from './source-fields';
import { checkSource, EMPTY_SOURCE, formOfSource, needsPassword, readHosts, type SourceForm } from './source-form';
import { UrlField } from './url-field';

interface SourceEditorProps {
  readonly stored: SourceDto | null;
  readonly save: (input: unknown) => Promise<ActionResult<unknown>>;
}

/** Registers a source, or changes one. The stored password is never here: only that there is one. */
export function SourceEditor({ stored, save }: SourceEditorProps) {
  const router = useRouter();
  const [form, setForm] = useState<SourceForm>(() => (stored ? formOfSource(stored) : EMPTY_SOURCE));
  const [tried, setTried] = useState(false);
  const { run, busy, error, clear } = useAction(save);
  const check = checkSource(form, stored);
  const problems = [...(tried && !check.ok ? check.problems : []), ...(error?.problems ?? [])];
  const change = (next: Partial<SourceForm>) => {
    clear();
    setForm((before) => ({ ...before, ...next }));
  };
  const submit = async () => {
    setTried(true);
    if (!check.ok) return focusFirstProblem();
    const result = await run(stored ? { ...check.input, sourceId: stored.id } : check.input);
    if (!result.ok) return;
    toast.success(
      stored ? 'Saved. The worker uses it from now on.' : `Registered ${check.input.name}. The worker looks at it within seconds.`,
    );
    router.push(stored ? `/sources/${stored.id}` : '/sources');
    router.refresh();
    setForm((before) => ({ ...before, password: '', caCertificate: '' }));
  };
  const testable = check.ok || check.problems.every((problem) => problem.field === 'name' || problem.field === 'slotLimit');
  return (
    <form
      noValidate
      className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <div className="flex min-w-0 flex-col gap-4">
        <Card>
          <UrlField onParsed={({ port, ...fields }) => change({ ...fields, port: String(port) })} />
        </Card>
        <SourceFields
          form={form}
          onChange={change}
          problems={problems}
          passwordStored={stored !== null && !needsPassword(form, stored)}
          caStored={stored?.hasCaCertificate ?? false}
        />
        {error ? <ErrorPanel title={error.message} remedy={error.remedy} id={error.id} /> : null}
        {tried && !check.ok ? (
          <p role="alert" className="text-danger">
            Mend the {check.problems.length === 1 ? 'field' : 'fields'} marked above.
          </p>
        ) : null}
        <div className="flex justify-end gap-2">
          <Button onClick={() => router.push(stored ? `/sources/${stored.id}` : '/sources')}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy ? 'Saving…' : false}>
            {stored ? 'Save source' : 'Register source'}
          </Button>
        </div>
      </div>
      <div className="min-w-0 lg:sticky lg:top-4">
        <ConnectionTest
          description="The worker connects and checks everything a stream needs, step by step."
          ask={testable ? () => askWorkerAsAdmin('test-source', testInput(form, stored)) : null}
          why="Fill in host, port, database, role and password first."
        />
      </div>
    </form>
  );
}

function testInput(form: SourceForm, stored: SourceDto | null) {
  const { host, database, username, tlsMode, password, caCertificate } = form;
  const connection = {
    host: host.trim(),
    port: Number(form.port),
    standbys: readHosts(form.standbys),
    ...(form.patroniUrl.trim() ? { patroniUrl: form.patroniUrl.trim() } : {}),
    database: database.trim(),
    username: username.trim(),
    tlsMode,
    ...(caCertificate.trim() ? { caCertificate: caCertificate.trim() } : {}),
    ...(password ? { password } : {}),
  };
  return stored ? { sourceId: stored.id, connection } : { connection };
}
