import type { ReactNode } from 'react';
import { parseJson } from '@/components/dead-letters/json-paths';
import { ScrollRegion } from '@/components/forms/scroll-region';
import { CopyButton } from '@/components/ui/copy-button';
import { JsonTree } from '@/components/ui/json-tree';
import type { PreviewConverted, PreviewRow } from '@/core/dto/inspection';
import { LeftOut } from './filter-results';
import { conversionCostWords, costWords } from './preview-cost';

/** The message that the flow made of a row, or why it made none. */
export function FlowMessage({ row }: { row: PreviewRow }) {
  if (row.left) return <LeftOut left={row.left} />;
  return (
    <Message
      output={row.output}
      headers={row.headers}
      facts={
        <>
          <span>{costWords(row)}</span>
          <span className="min-w-0 break-all">
            row key <span className="font-mono text-ink">{row.key ?? 'none'}</span>
          </span>
        </>
      }
    />
  );
}

/** What the conversions made of it: any number of messages, or why there is none. */
export function ConvertedMessages({ row, converted }: { row: PreviewRow; converted: PreviewConverted }) {
  const { left, messages } = converted;
  if (left) {
    return (
      <p className="flex flex-col gap-1 py-4">
        <span className="font-medium">
          {left.kind === 'dropped' ? 'The conversions leave this message out.' : 'The conversions fail here.'}
        </span>
        <span className="break-words text-ink-muted">{left.reason}</span>
      </p>
    );
  }
  return (
    <div className="flex flex-col gap-4">
      {messages.length === 1 ? null : <p className="text-sm font-medium">{messages.length} messages, in this order</p>}
      {messages.map(({ output, headers }, index) => (
        <Message
          // Messages have no identity but their place.
          key={`${index}-${output}`}
          output={output}
          headers={headers}
          facts={index === 0 ? <span>{conversionCostWords(row.bytes, converted)}</span> : null}
        />
      ))}
    </div>
  );
}

interface MessageProps {
  readonly output: string;
  readonly headers: Record<string, string>;
  readonly facts: ReactNode;
}

function Message({ output, headers, facts }: MessageProps) {
  const message = parseJson(output);
  return (
    <div className="flex flex-col gap-3">
      {facts ? <p className="flex flex-wrap gap-x-4 gap-y-1 text-sm text-ink-muted">{facts}</p> : null}
      <ScrollRegion label="Message" className="relative max-h-[22rem] overflow-auto rounded-md border bg-sunken p-3 pr-9">
        {message === undefined ? (
          <pre className="font-mono text-sm break-all whitespace-pre-wrap">{output}</pre>
        ) : (
          <JsonTree key={output} value={message} depth={3} />
        )}
        <CopyButton text={output} what="message" className="absolute top-1.5 right-1.5 size-7" />
      </ScrollRegion>
      <Pairs title="Headers" values={headers} />
    </div>
  );
}

function Pairs({ title, values }: { title: string; values: Record<string, string> }) {
  const entries = Object.entries(values);
  if (entries.length === 0) return null;
  return (
    <div>
      <h3 className="text-sm font-medium">{title}</h3>
      <dl className="mt-1 flex flex-col gap-0.5 text-sm">
        {entries.map(([name, value]) => (
          <div key={name} className="flex flex-wrap gap-x-2">
            <dt className="font-mono text-ink-muted">{name}</dt>
            <dd className="min-w-0 font-mono break-all">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
