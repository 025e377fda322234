'use client';

import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { cn } from './cn';

interface JsonTreeProps {
  readonly value: unknown;
  /** Path to mark ("after.amount"), dots between steps. */
  readonly markPath?: string | null | undefined;
  /** Levels that are open at first. */
  readonly depth?: number;
  readonly className?: string;
}

/** JSON as nested lists that open and close. */
export function JsonTree({ value, markPath, depth = 2, className }: JsonTreeProps) {
  return (
    <div className={cn('min-w-0 font-mono text-sm', className)}>
      <Node name={null} value={value} path="" mark={markPath ?? null} depth={depth} />
    </div>
  );
}

interface NodeProps {
  readonly name: string | null;
  readonly value: unknown;
  readonly path: string;
  readonly mark: string | null;
  readonly depth: number;
}

function Node({ name, value, path, mark, depth }: NodeProps) {
  const marked = mark !== null && path !== '' && path === mark;
  const onTheWay = mark?.startsWith(path === '' ? '' : `${path}.`) ?? false;
  const [open, setOpen] = useState(depth > 0 || onTheWay);
  if (typeof value !== 'object' || value === null) return <Leaf name={name} value={value} marked={marked} />;
  const entries = Array.isArray(value) ? value.map((item, index) => [String(index), item] as const) : Object.entries(value);
  const [left, right] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (entries.length === 0) return <Leaf name={name} value={`${left}${right}`} raw marked={marked} />;
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className={cn('flex max-w-full items-center gap-0.5 rounded-sm text-left', marked && MARK)}
      >
        <ChevronRight className={cn('size-3.5 shrink-0 text-ink-faint transition-transform', open && 'rotate-90')} aria-hidden />
        {name === null ? null : <span className="text-ink-muted">{name}:</span>}
        <span className="text-ink-faint">{open ? left : `${left} ${entries.length} ${right}`}</span>
        {marked ? <MarkWord /> : null}
      </button>
      {open ? (
        <>
          <ul className="ml-1.5 border-l pl-3">
            {entries.map(([key, item]) => (
              <li key={key}>
                <Node name={key} value={item} path={path === '' ? key : `${path}.${key}`} mark={mark} depth={depth - 1} />
              </li>
            ))}
          </ul>
          <span className="ml-4 text-ink-faint">{right}</span>
        </>
      ) : null}
    </div>
  );
}

const MARK = 'rounded-sm bg-danger-soft px-1 text-danger';

function MarkWord() {
  return <span className="ml-2 font-sans text-xs font-medium">fails here</span>;
}

function Leaf({ name, value, marked, raw = false }: { name: string | null; value: unknown; marked: boolean; raw?: boolean }) {
  const text = raw || typeof value === 'bigint' ? String(value) : value === undefined ? 'undefined' : JSON.stringify(value);
  return (
    <span className={cn('block pl-4 break-all', marked && MARK)}>
      {name === null ? null : <span className="text-ink-muted">{name}: </span>}
      <span className={marked ? undefined : leafColour(value)}>{text}</span>
      {marked ? <MarkWord /> : null}
    </span>
  );
}

function leafColour(value: unknown): string {
  if (value === null || value === undefined) return 'text-ink-faint';
  return typeof value === 'string' ? 'text-ink' : 'text-accent-strong';
}
