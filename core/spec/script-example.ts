import type { ScriptConversionSpec } from './script-conversion';

/** What a new script starts with: it works on every event as it is, and shows what there is to work with. */
export const EXAMPLE_SCRIPT = `interface ChangeEvent {
  id: string;
  /** Cannot be changed: events are kept in order by it. */
  key: unknown;
  /** The message as the flow made it. */
  value: Record<string, unknown>;
  headers: Record<string, string>;
  op: 'c' | 'u' | 'd' | 'r' | 't' | 'm';
  schema: string;
  table: string;
  /** ISO 8601; null for rows that were there already. */
  commitTime: string | null;
}

/** Gives the event, a list of events, or null to leave it out. What it throws sends the event to recovery. */
export default function (event: ChangeEvent) {
  return { ...event, headers: { ...event.headers, table: event.table } };
}
`;

/** Beside the code, the schema's own defaults (script-example.test.ts holds both together). */
export const SCRIPT_DEFAULTS: ScriptConversionSpec = {
  type: 'Script',
  language: 'typescript',
  code: EXAMPLE_SCRIPT,
  timeoutMs: 100,
  memoryMb: 32,
  deterministic: true,
};
