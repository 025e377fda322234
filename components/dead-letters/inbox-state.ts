import { LETTER_STATUSES, type LetterStatus } from '@/core/dto/dead-letter';

/** What the inbox shows. All of it stands in the address, so that a link opens the same letter. */
export interface InboxSelection {
  readonly streamId: string | null;
  /** null = letters of every group. */
  readonly fingerprint: string | null;
  /** Words that groups are found by; empty = every group. */
  readonly text: string;
  /** null = any. */
  readonly status: LetterStatus | null;
  readonly letterId: string | null;
  /** Id of the last letter of the page before. */
  readonly cursor: string | null;
}

export type SearchParams = Readonly<Record<string, string | string[] | undefined>>;

/** Reads the address. Without a status, only what waits for somebody is shown. */
export function readSelection(params: SearchParams): InboxSelection {
  const text = (name: string): string | null => {
    const value = params[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const status = text('status');
  return {
    streamId: text('stream'),
    fingerprint: text('group'),
    text: text('q') ?? '',
    status: status === 'any' ? null : (LETTER_STATUSES.find((known) => known === status) ?? 'open'),
    letterId: text('letter'),
    cursor: text('after'),
  };
}

/** The query string of a selection, in a fixed order; empty for the plain inbox. */
export function writeSelection({ streamId, fingerprint, text: words, status, letterId, cursor }: InboxSelection): string {
  const query = new URLSearchParams();
  if (streamId) query.set('stream', streamId);
  if (fingerprint) query.set('group', fingerprint);
  if (words) query.set('q', words);
  if (status !== 'open') query.set('status', status ?? 'any');
  if (letterId) query.set('letter', letterId);
  if (cursor) query.set('after', cursor);
  const text = query.toString();
  return text ? `?${text}` : '';
}

/** Address of the letters of a selection. */
export function lettersUrl({ streamId, fingerprint, status, cursor }: InboxSelection): string {
  const query = new URLSearchParams();
  if (streamId) query.set('stream', streamId);
  if (fingerprint) query.set('fingerprint', fingerprint);
  if (status) query.set('status', status);
  if (cursor) query.set('cursor', cursor);
  return `/api/dead-letters?${query}`;
}

interface GroupsWanted {
  readonly streamId: string | null;
  readonly text: string;
  /** Answered besides, wherever they are in the list. */
  readonly fingerprints: readonly (string | null)[];
  /** From the first on. */
  readonly pages: number;
}

/** Address of the groups. */
export function groupsUrl({ streamId, text, fingerprints, pages }: GroupsWanted): string {
  const query = new URLSearchParams();
  if (streamId) query.set('stream', streamId);
  if (text) query.set('q', text);
  for (const fingerprint of new Set(fingerprints)) if (fingerprint) query.append('group', fingerprint);
  if (pages > 1) query.set('pages', String(pages));
  const address = query.toString();
  return `/api/dead-letters/groups${address ? `?${address}` : ''}`;
}

/** The id one step on in a list; the first when none is selected; stays at the ends. */
export function step(ids: readonly string[], current: string | null, by: 1 | -1): string | null {
  const at = current === null ? -1 : ids.indexOf(current);
  if (at === -1) return ids[0] ?? null;
  return ids[Math.min(Math.max(at + by, 0), ids.length - 1)] ?? null;
}

export const KEYS = {
  j: { command: 'next', words: 'Next in the list' },
  k: { command: 'previous', words: 'Previous in the list' },
  Enter: { command: 'open', words: 'Open the group or letter' },
  Escape: { command: 'back', words: 'Back to the groups' },
  r: { command: 'replay', words: 'Replay the letter, or the group when no letter is open' },
  d: { command: 'discard', words: 'Discard the letter, or the group when no letter is open' },
  '?': { command: 'help', words: 'Show these keys' },
} as const;
export type InboxCommand = (typeof KEYS)[keyof typeof KEYS]['command'];

interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  /** Tag of the element that has the focus, in capitals. */
  readonly tag: string;
  readonly editable: boolean;
}

/** The command of a key press; null while somebody types, or when the browser or a focused control wants the key. */
export function commandOf({ key, ctrlKey, metaKey, altKey, tag, editable }: KeyPress): InboxCommand | null {
  if (ctrlKey || metaKey || altKey || editable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(tag)) return null;
  if (key === 'Enter' && (tag === 'BUTTON' || tag === 'A' || tag === 'SUMMARY')) return null;
  return key in KEYS ? KEYS[key as keyof typeof KEYS].command : null;
}
