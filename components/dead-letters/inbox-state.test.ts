import { describe, expect, it } from 'vitest';
import { commandOf, groupsUrl, lettersUrl, readSelection, step, writeSelection } from './inbox-state';

const press = (key: string, more: Partial<Parameters<typeof commandOf>[0]> = {}) =>
  commandOf({ key, ctrlKey: false, metaKey: false, altKey: false, tag: 'BODY', editable: false, ...more });

describe('address', () => {
  it('a selection survives being written and read', () => {
    const selection = { streamId: 's', fingerprint: 'f', text: 'a b', status: null, letterId: 'l', cursor: 'c' } as const;
    const query = Object.fromEntries(new URLSearchParams(writeSelection(selection)));
    expect(readSelection(query)).toEqual(selection);
  });

  it('the plain inbox shows open letters and needs no query; an unknown status falls back to open', () => {
    expect(writeSelection(readSelection({}))).toBe('');
    expect(readSelection({ status: 'gone' }).status).toBe('open');
    expect(lettersUrl(readSelection({ stream: 's' }))).toBe('/api/dead-letters?stream=s&status=open');
  });
});

it('groups are asked for by stream and words, as many pages as were opened, and those that are looked at besides', () => {
  expect(groupsUrl({ streamId: null, text: '', fingerprints: [null], pages: 1 })).toBe('/api/dead-letters/groups');
  expect(groupsUrl({ streamId: 's', text: 'unknown country', fingerprints: ['f', 'g', 'f'], pages: 3 })).toBe(
    '/api/dead-letters/groups?stream=s&q=unknown+country&group=f&group=g&pages=3',
  );
});

describe('keys', () => {
  it('j and k move and stop at the ends; the first press selects the first letter', () => {
    expect(step(['a', 'b'], null, 1)).toBe('a');
    expect(step(['a', 'b'], 'a', 1)).toBe('b');
    expect(step(['a', 'b'], 'b', 1)).toBe('b');
    expect(step(['a', 'b'], 'gone', -1)).toBe('a');
    expect(step([], null, 1)).toBeNull();
  });

  it('keys do nothing while somebody types or a shortcut of the browser is meant', () => {
    expect(press('r')).toBe('replay');
    expect(press('r', { ctrlKey: true })).toBeNull();
    expect(press('d', { tag: 'TEXTAREA' })).toBeNull();
    expect(press('Enter', { tag: 'BUTTON' })).toBeNull();
    expect(press('x')).toBeNull();
  });
});
