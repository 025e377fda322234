'use client';

import { Download } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { Button } from '@/components/ui/button';
import { CodeBlock } from '@/components/ui/code-block';
import { ErrorPanel } from '@/components/ui/error-panel';
import { Skeleton } from '@/components/ui/skeleton';
import { Tabs } from '@/components/ui/tabs';
import type { ActionError, ActionResult } from '@/core/dto/action-result';
import type { ManifestFormat } from '@/core/dto/manifest';

/** What the dialog shows, loaded when it is opened. */
export default function ExportForms({ streamId }: { streamId: string }) {
  return (
    <Tabs
      label="Form of the file"
      tabs={[
        {
          value: 'fes',
          label: 'FabricEventStream',
          content: (
            <Exported streamId={streamId} as="fes">
              The manifest that the stream came from, with what it says today; otherwise a resource of its own. What FES has no name for
              stands under <code>spillway</code>.
            </Exported>
          ),
        },
        {
          value: 'spillway',
          label: 'Spillway',
          content: (
            <Exported streamId={streamId} as="spillway">
              The spec as the YAML side of the form has it. It can be imported here again as it is.
            </Exported>
          ),
        },
      ]}
    />
  );
}

type Loaded = { readonly text: string } | { readonly error: ActionError };

interface ExportedProps {
  readonly streamId: string;
  readonly as: ManifestFormat;
  readonly children: ReactNode;
}

function Exported({ streamId, as, children }: ExportedProps) {
  const [attempt, setAttempt] = useState(0);
  return (
    <div className="flex flex-col gap-3">
      <p className="text-sm text-ink-muted">{children}</p>
      <ManifestText key={attempt} url={`/api/streams/${streamId}/manifest?as=${as}`} onRetry={() => setAttempt(attempt + 1)} />
    </div>
  );
}

function ManifestText({ url, onRetry }: { url: string; onRetry: () => void }) {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  useEffect(() => {
    const aborter = new AbortController();
    void load(url, aborter.signal).then((result) => {
      if (!aborter.signal.aborted) setLoaded(result);
    });
    return () => aborter.abort();
  }, [url]);
  if (!loaded) return <Skeleton className="h-60" />;
  if ('error' in loaded) {
    const { message, remedy, id } = loaded.error;
    return <ErrorPanel title={message} remedy={remedy} id={id || undefined} action={<Button onClick={onRetry}>Try again</Button>} />;
  }
  return (
    <>
      <CodeBlock code={loaded.text} what="YAML" />
      <Button asChild className="self-end">
        <a href={url} download>
          <Download aria-hidden />
          Download
        </a>
      </Button>
    </>
  );
}

async function load(url: string, signal: AbortSignal): Promise<Loaded> {
  try {
    const response = await fetch(url, { signal });
    if (response.ok) return { text: await response.text() };
    const refused = (await response.json()) as ActionResult<never>;
    if (!refused.ok) return refused;
  } catch {
    // The browser's own words say nothing that helps.
  }
  return { error: { kind: 'internal', message: 'The portal did not answer.', remedy: 'Check your connection and try again.', id: '' } };
}
