import {
  type Document,
  isAlias,
  isCollection,
  isScalar,
  LineCounter,
  type Node,
  parseAllDocuments,
  type ScalarTag,
  stringify,
  visit,
} from 'yaml';
import type { FieldProblem } from '../../errors';
import { syntaxWords } from '../problems';
import type { Json } from './json';
import { MAX_MANIFEST_BYTES } from './manifest-size';

const MAX_DEPTH = 64;
/** Brackets open at once, in text too: what the parser takes in its stride. */
const MAX_OPEN = 1_000;
const MAX_DOCUMENTS = 200;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const KNOWN_TAGS = /^(!|tag:yaml\.org,2002:(str|int|float|bool|null|map|seq))$/;

/** Kubernetes reads YAML 1.1, where these words are booleans unless quoted. */
const WORD_BOOLEAN: ScalarTag = {
  identify: () => false,
  default: true,
  tag: 'tag:yaml.org,2002:bool',
  test: /^(?:yes|Yes|YES|on|On|ON|no|No|NO|off|Off|OFF)$/,
  resolve: (text) => /^(?:yes|on)$/i.test(text),
};

export type YamlDocuments =
  | { readonly ok: true; readonly documents: readonly Json[] }
  | { readonly ok: false; readonly problem: FieldProblem };

/**
 * Reads a file of YAML documents (or JSON, which is YAML) into plain JSON, in which nothing is left that could stand for more or for
 * something else than it says: no aliases, no tags, no keys of JavaScript's prototypes, no figure that JSON would change.
 */
export function readManifestYaml(text: string): YamlDocuments {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > MAX_MANIFEST_BYTES) return refuse('document', `${bytes} bytes`, `keep the file within ${MAX_MANIFEST_BYTES} bytes (1 MiB)`);
  if (mostOpen(text) > MAX_OPEN) return refuse('document', null, `nest no deeper than ${MAX_DEPTH} levels`);
  const lines = new LineCounter();
  const documents = parse(text, lines);
  if (!documents) return refuse('document', null, `nest no deeper than ${MAX_DEPTH} levels`);
  if (documents.length > MAX_DOCUMENTS)
    return refuse('document', `${documents.length} documents`, `put at most ${MAX_DOCUMENTS} into one file`);
  const read: Json[] = [];
  for (const document of documents) {
    const syntax = document.errors[0];
    if (syntax) return refuse(`line ${lines.linePos(syntax.pos[0]).line}`, null, syntaxWords(syntax.message));
    const trouble = troubleIn(document, (node) => lineOf(lines, node));
    if (trouble) return { ok: false, problem: trouble };
    const content = document.toJS({ maxAliasCount: 0 }) as Json;
    if (content !== null) read.push(content);
  }
  return { ok: true, documents: read };
}

/** YAML that a reader of YAML 1.1 (Kubernetes) and one of 1.2 understand alike. */
export function printManifestYaml(content: unknown): string {
  return stringify(content, { lineWidth: 0, compat: 'yaml-1.1', aliasDuplicateObjects: false });
}

/** Null when the text nests so deep that the parser gives up. */
function parse(text: string, lineCounter: LineCounter): readonly Document[] | null {
  try {
    const parsed = parseAllDocuments(text, { lineCounter, schema: 'core', uniqueKeys: true, customTags: [WORD_BOOLEAN] });
    const documents = 'empty' in parsed ? [] : parsed;
    // The parser gives up in two ways: it throws, or it notes an error.
    return documents.some(({ errors }) => errors.some(({ message }) => message.startsWith('Maximum call stack'))) ? null : documents;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function refuse(field: string, value: unknown, remedy: string): { ok: false; problem: FieldProblem } {
  return { ok: false, problem: { field, value, remedy } };
}

function lineOf(lines: LineCounter, node: unknown): string {
  const range = (node as Partial<Node> | null)?.range;
  return range ? `line ${lines.linePos(range[0]).line}` : 'document';
}

/** The first thing in a document that is not taken. */
function troubleIn(document: Document, place: (node: unknown) => string): FieldProblem | null {
  let trouble: FieldProblem | null = null;
  const stop = (node: unknown, value: unknown, remedy: string) => {
    trouble = { field: place(node), value, remedy };
    return visit.BREAK;
  };
  visit(document, {
    Node: (key, node, path) => {
      if (path.filter(isCollection).length > MAX_DEPTH) return stop(node, null, `nest no deeper than ${MAX_DEPTH} levels`);
      if (isAlias(node)) return stop(node, `*${node.source}`, 'write the value out: aliases are not taken');
      if (node.tag && !KNOWN_TAGS.test(node.tag)) return stop(node, node.tag, 'leave the tag out: only plain YAML is taken');
      if (key === 'key' && !isScalar(node)) return stop(node, null, 'use a text as the key');
      if (!isScalar(node)) return undefined;
      if (key === 'key' && FORBIDDEN_KEYS.has(String(node.value))) return stop(node, node.value, 'leave this key out: it is not taken');
      return typeof node.value === 'number' && !isExact(node.value) ? stop(node, node.source, 'put the figure in quotes') : undefined;
    },
  });
  return trouble;
}

/** JSON has no NaN and no infinity, and JavaScript no whole number beyond 2^53. */
function isExact(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}

/** How many [ and { are open at once, at most: a bound on nesting that is known before anything is parsed. Text counts, too. */
function mostOpen(text: string): number {
  let open = 0;
  let most = 0;
  for (const char of text) {
    if (char === '[' || char === '{') most = Math.max(most, ++open);
    else if ((char === ']' || char === '}') && open > 0) open--;
  }
  return most;
}
