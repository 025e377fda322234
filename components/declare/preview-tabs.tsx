'use client';

import { ScrollRegion } from '@/components/forms/scroll-region';
import { cn } from '@/components/ui/cn';
import { Tabs } from '@/components/ui/tabs';
import type { PreviewRow, PreviewSchemas } from '@/core/dto/inspection';
import { ConvertedMessages, FlowMessage } from './message-out';
import { SchemaText } from './schema-text';

interface PreviewTabsProps {
  readonly row: PreviewRow;
  readonly unconverted: string | undefined;
  readonly schemas: PreviewSchemas | undefined;
}

/** One row: as it is in the table, and as it is delivered. */
export function PreviewTabs({ row, unconverted, schemas }: PreviewTabsProps) {
  const { converted } = row;
  return (
    <div className="flex min-w-0 flex-col gap-3">
      {unconverted ? <p className="pt-2 text-sm text-ink-muted">{unconverted}</p> : null}
      <Tabs
        key={converted ? 'converted' : 'plain'}
        label="Preview"
        defaultValue="out"
        tabs={[
          { value: 'in', label: 'Row in', content: <RowIn input={row.input} /> },
          ...(converted ? [{ value: 'made', label: 'Before conversions', content: <FlowMessage row={row} /> }] : []),
          {
            value: 'out',
            label: 'Message out',
            content: converted ? <ConvertedMessages row={row} converted={converted} /> : <FlowMessage row={row} />,
          },
          ...(schemas ? [{ value: 'schema', label: 'Schema', content: <SchemaText schemas={schemas} /> }] : []),
        ]}
      />
    </div>
  );
}

function RowIn({ input }: { input: PreviewRow['input'] }) {
  return (
    <ScrollRegion label="Row" className="max-h-[28rem] overflow-auto rounded-md border">
      <dl className="divide-y text-sm">
        {Object.entries(input).map(([name, value]) => (
          <div key={name} className="grid grid-cols-[minmax(6rem,2fr)_3fr] gap-3 px-3 py-1.5">
            <dt className="font-mono break-all text-ink-muted">{name}</dt>
            <dd className={cn('font-mono break-all', value === null && 'text-ink-faint')}>{value === null ? 'NULL' : value}</dd>
          </div>
        ))}
      </dl>
    </ScrollRegion>
  );
}
