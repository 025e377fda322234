'use client';

import { Table2 } from 'lucide-react';
import { useState } from 'react';
import { problemFor } from '@/components/forms/problem-text';
import { OutcomeError } from '@/components/inspections/outcome-error';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Field } from '@/components/ui/field';
import { formatBytes, formatCount, formatPlural } from '@/components/ui/figures';
import { Input } from '@/components/ui/input';
import { RadioGroup } from '@/components/ui/radio-group';
import { RelativeTime } from '@/components/ui/relative-time';
import { SkeletonRows } from '@/components/ui/skeleton';
import type { TableInfo } from '@/core/dto/inspection';
import { IdentityTrouble } from './identity-trouble';
import { possibleOperations } from './possible-operations';
import { ProblemLine } from './problem-line';
import type { StepProps } from './step-props';
import { searchTables, type Tables } from './use-tables';

const SHOWN = 60;

export function TableStep({ state, dispatch, problems, tables, picked }: StepProps & { tables: Tables; picked: TableInfo | null }) {
  const [typed, setTyped] = useState('');
  const { source } = state.form;
  if (!source.database)
    return (
      <Card title="Table">
        <EmptyState
          icon={Table2}
          title="Choose a source first"
          action={<Button onClick={() => dispatch({ type: 'go', step: 'source' })}>Choose a source</Button>}
        />
      </Card>
    );
  const found = searchTables(tables.tables ?? [], typed);
  return (
    <Card
      title="Table"
      description={`Tables that ${source.database} can publish, read from its catalog just now.`}
      actions={
        <Button size="sm" busy={tables.loading ? 'Reading…' : false} onClick={tables.again}>
          Read again
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label="Search tables" labelHidden>
          <Input type="search" placeholder="Search by name" value={typed} onChange={(event) => setTyped(event.target.value)} />
        </Field>
        {tables.failure ? <OutcomeError failure={tables.failure} onAgain={tables.again} what="the tables" /> : null}
        {!tables.tables && tables.loading ? <SkeletonRows rows={5} /> : null}
        {tables.tables && found.length === 0 ? (
          <EmptyState icon={Table2} title={typed ? `No table is named like “${typed}”` : 'This database has no table to publish'}>
            {typed ? 'Search by a part of schema.table.' : 'Ask the owner of the database to grant SELECT on the table to the source role.'}
          </EmptyState>
        ) : null}
        {found.length > 0 ? (
          <div className="max-h-[26rem] overflow-y-auto p-0.5">
            <RadioGroup
              label="Table"
              labelHidden
              value={source.table ? `${source.schema}.${source.table}` : undefined}
              onChange={(value) => {
                const table = found.find((each) => `${each.schema}.${each.name}` === value);
                if (table) dispatch({ type: 'table', table });
              }}
              options={found.slice(0, SHOWN).map((table) => ({
                value: `${table.schema}.${table.name}`,
                label: `${table.schema}.${table.name}`,
                hint: <TableFacts table={table} />,
              }))}
            />
          </div>
        ) : null}
        {found.length > SHOWN ? (
          <p className="text-sm text-ink-muted">
            Showing {SHOWN} of {formatCount(found.length)} tables. Search to narrow them down.
          </p>
        ) : null}
        {picked ? <IdentityTrouble table={picked} /> : null}
        <ProblemLine>{problemFor(problems, 'source.table.name') ?? problemFor(problems, 'source.schema')}</ProblemLine>
      </div>
    </Card>
  );
}

function TableFacts({ table }: { table: TableInfo }) {
  const trouble = possibleOperations(table).length < 4;
  return (
    <span className="flex flex-wrap gap-x-3">
      <span>{formatBytes(table.totalBytes)}</span>
      <span>about {formatPlural(Math.max(0, table.estimatedRows), 'row')}</span>
      <span>{formatPlural(table.columns.length, 'column')}</span>
      <span>{table.primaryKey.length > 0 ? `key ${table.primaryKey.join(', ')}` : 'no primary key'}</span>
      <span className={trouble ? 'text-attention' : undefined}>replica identity {table.replicaIdentity}</span>
      {table.kind === 'partitioned' ? <span>partitioned</span> : null}
      {table.lastWriteAt ? (
        <span>
          written <RelativeTime at={table.lastWriteAt} />
        </span>
      ) : null}
    </span>
  );
}
