import { LineCounter, parseDocument, stringify } from 'yaml';
import type { FieldProblem } from '../errors';
import { problemsOf, syntaxWords } from './problems';
import { type StreamSpec, streamSpec } from './stream-spec';

const MAX_BYTES = 64 * 1024;

export type YamlResult =
  | { readonly ok: true; readonly spec: StreamSpec }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

/** Prints a spec as the YAML document that `parseStreamYaml` reads: applicationId and one eventStreams entry. */
export function printStreamYaml(spec: unknown): string {
  const { applicationId, ...entry } = (spec ?? {}) as Record<string, unknown>;
  return stringify({ applicationId, eventStreams: [entry] }, { lineWidth: 100 });
}

/** Parses and validates a stream document. Aliases are refused, so a small file cannot expand into a large one. */
export function parseStreamYaml(text: string): YamlResult {
  const refuse = (field: string, value: unknown, remedy: string): YamlResult => ({ ok: false, problems: [{ field, value, remedy }] });
  if (text.length > MAX_BYTES) return refuse('document', `${text.length} bytes`, `keep it under ${MAX_BYTES} bytes`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, schema: 'core', uniqueKeys: true });
  const syntax = document.errors[0];
  if (syntax) return refuse(`line ${lines.linePos(syntax.pos[0]).line}`, null, syntaxWords(syntax.message));
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: 0 });
  } catch {
    return refuse('document', null, 'write the values out: anchors and aliases are not accepted');
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    return refuse('document', content, 'start with applicationId: and eventStreams:');
  const { applicationId, eventStreams, ...unknown } = content as Record<string, unknown>;
  const stray = Object.keys(unknown)[0];
  if (stray) return refuse(stray, unknown[stray], 'is not known here; use applicationId and eventStreams');
  if (!Array.isArray(eventStreams) || eventStreams.length !== 1)
    return refuse('eventStreams', eventStreams, 'list exactly one entry: a stream has one source table');
  const entry: unknown = eventStreams[0];
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    return refuse('eventStreams[0]', entry, 'give source, flow, sink and recovery');
  const parsed = streamSpec.safeParse({ ...entry, applicationId });
  return parsed.success ? { ok: true, spec: parsed.data } : { ok: false, problems: problemsOf(parsed.error, { ...entry, applicationId }) };
}
