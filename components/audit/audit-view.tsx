'use client';

import { ChevronRight, ScrollText } from 'lucide-react';
import { Fragment, useState } from 'react';
import { PageHeader } from '@/components/layout/page-header';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { cn } from '@/components/ui/cn';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorPanel } from '@/components/ui/error-panel';
import { formatPlural } from '@/components/ui/figures';
import { JsonTree } from '@/components/ui/json-tree';
import { RelativeTime } from '@/components/ui/relative-time';
import { RowLink } from '@/components/ui/row-link';
import { SearchField } from '@/components/ui/search-field';
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from '@/components/ui/table';
import type { AuditEntryDto } from '@/core/dto/audit';
import { hrefOfSubject, matchesText } from './audit-entries';
import { type AuditPage, useAudit } from './use-audit';

/** Who did what, when and why; only ever added to. */
export function AuditView({ firstPage }: { firstPage: AuditPage }) {
  const audit = useAudit(firstPage);
  const [text, setText] = useState('');
  const shown = audit.entries.filter((entry) => matchesText(entry, text));
  return (
    <>
      <PageHeader
        title="Audit"
        description="Every act on a stream, slot, dead letter, source or sink target. Entries are never changed or removed."
      />
      {audit.entries.length === 0 ? (
        <Card>
          <EmptyState icon={ScrollText} title="Nothing was done yet">
            The first act on a stream, source or sink target that you may read appears here.
          </EmptyState>
        </Card>
      ) : (
        <>
          <search className="flex flex-wrap items-center gap-3">
            <SearchField label="Filter entries" placeholder="Who, what, which" value={text} onChange={setText} className="sm:w-72" />
            <span role="status" className="text-sm text-ink-muted">
              {text.trim() === '' ? null : `${shown.length} of the ${formatPlural(audit.entries.length, 'entry', 'entries')} loaded`}
            </span>
          </search>
          <Card flush>
            {shown.length > 0 ? (
              <AuditTable entries={shown} />
            ) : (
              <EmptyState title="No loaded entry matches">
                {audit.more ? 'Load earlier entries, or filter by other words.' : 'Filter by other words.'}
              </EmptyState>
            )}
          </Card>
          {audit.failed ? <ErrorPanel title="Earlier entries could not be loaded" remedy="Try again; what is shown stays." /> : null}
          {audit.more ? (
            <Button className="self-center" busy={audit.loading ? 'Loading…' : false} onClick={audit.loadMore}>
              Load earlier entries
            </Button>
          ) : null}
        </>
      )}
    </>
  );
}

function AuditTable({ entries }: { entries: readonly AuditEntryDto[] }) {
  const [open, setOpen] = useState<string | null>(null);
  return (
    <Table label="Audit entries">
      <TableHead>
        <HeadCell>When</HeadCell>
        <HeadCell>Who</HeadCell>
        <HeadCell>Act</HeadCell>
        <HeadCell>On</HeadCell>
        <HeadCell>What happened</HeadCell>
      </TableHead>
      <TableBody>
        {entries.map((entry) => (
          <Fragment key={entry.id}>
            <EntryRow entry={entry} open={open === entry.id} onToggle={() => setOpen(open === entry.id ? null : entry.id)} />
            {open === entry.id ? <EntryDetail entry={entry} /> : null}
          </Fragment>
        ))}
      </TableBody>
    </Table>
  );
}

function EntryRow({ entry, open, onToggle }: { entry: AuditEntryDto; open: boolean; onToggle: () => void }) {
  const href = hrefOfSubject(entry);
  return (
    <Row>
      <Cell heading="When" className="text-ink-muted">
        <RelativeTime at={entry.at} />
      </Cell>
      <Cell heading="Who" className="sm:min-w-28">
        <span className="break-words">{entry.actorName}</span>
      </Cell>
      <Cell heading="Act" className="font-mono text-sm whitespace-nowrap">
        {entry.verb}
      </Cell>
      <Cell heading="On" className="sm:min-w-44">
        {href ? (
          <RowLink href={href} className="break-words hover:underline">
            {entry.subjectName}
          </RowLink>
        ) : (
          <span className="break-words">{entry.subjectName}</span>
        )}
        <span className="block text-sm text-ink-muted">
          {[entry.subjectType.replace('-', ' '), entry.teamName].filter(Boolean).join(' · ')}
        </span>
      </Cell>
      <Cell className="max-sm:block">
        {hasDetail(entry) ? (
          <button type="button" aria-expanded={open} onClick={onToggle} className="flex items-start gap-1 rounded-sm text-left">
            <ChevronRight className={cn('mt-0.5 size-4 shrink-0 text-ink-faint transition-transform', open && 'rotate-90')} aria-hidden />
            <span className="min-w-0 break-words">{entry.summary}</span>
          </button>
        ) : (
          <span className="break-words sm:pl-5">{entry.summary}</span>
        )}
      </Cell>
    </Row>
  );
}

function hasDetail(entry: AuditEntryDto): boolean {
  return entry.before !== null || entry.after !== null;
}

function EntryDetail({ entry }: { entry: AuditEntryDto }) {
  return (
    <Row className="bg-sunken sm:hover:bg-sunken">
      <Cell colSpan={5} className="max-sm:block">
        <div className="grid gap-4 text-left md:grid-cols-2">
          <Side name="Before" value={entry.before} />
          <Side name="After" value={entry.after} />
        </div>
      </Cell>
    </Row>
  );
}

function Side({ name, value }: { name: string; value: unknown }) {
  return (
    <div className="min-w-0">
      <p className="mb-1 text-sm font-medium">{name}</p>
      {value === null ? <p className="text-sm text-ink-muted">nothing</p> : <JsonTree value={value} depth={3} />}
    </div>
  );
}
