import { describe, expect, it } from 'vitest';
import { MAX_MANIFEST_BYTES } from './manifest-size';
import { printManifestYaml, readManifestYaml } from './manifest-yaml';

const refusal = (text: string) => {
  const read = readManifestYaml(text);
  if (read.ok) throw new Error('was read');
  return `${read.problem.field}: ${read.problem.remedy}`;
};

describe('reading a file of manifests', () => {
  it('reads several documents, and JSON', () => {
    expect(readManifestYaml('a: 1\n---\n---\n{"b": [true, null]}\n')).toEqual({ ok: true, documents: [{ a: 1 }, { b: [true, null] }] });
    expect(readManifestYaml('')).toEqual({ ok: true, documents: [] });
  });

  it('reads booleans as Kubernetes does, and prints so that both versions of YAML agree', () => {
    expect(readManifestYaml('ignoreRecovery: yes\nname: "yes"')).toEqual({ ok: true, documents: [{ ignoreRecovery: true, name: 'yes' }] });
    expect(printManifestYaml({ on: 'yes', port: '0o17', base: '1:30' })).toBe('"on": "yes"\nport: "0o17"\nbase: "1:30"\n');
  });

  it.each([
    ['an alias', 'a: &x [1]\nb: *x', 'line 2: write the value out: aliases are not taken'],
    [
      'a bomb of aliases',
      `a: &a [x]\n${'bcdefgh'.replace(/./g, (k, i: number) => `${k}: &${k} [${`*${'abcdefg'[i]},`.repeat(9)}]\n`)}`,
      'aliases are not taken',
    ],
    ['a custom tag', 'a: !!js/function "function () {}"', 'line 1: leave the tag out'],
    ['a local tag', 'a: !env HOME', 'leave the tag out'],
    ['binary', 'a: !!binary aGk=', 'leave the tag out'],
    ['__proto__', 'a:\n  __proto__: { polluted: true }', 'line 2: leave this key out'],
    ['constructor', '{"constructor": {"prototype": {}}}', 'leave this key out'],
    ['an object as a key', '{a: 1}: 2', 'use a text as the key'],
    ['a figure that would change', 'a: 12345678901234567890', 'put the figure in quotes'],
    ['not a number', 'a: .nan', 'put the figure in quotes'],
    ['a key twice', 'a: 1\na: 2', 'line 2: Map keys must be unique'],
    ['what is no YAML', 'a: [1', 'line 1'],
    ['deep lists', '['.repeat(100) + ']'.repeat(100), 'nest no deeper than 64 levels'],
    ['very deep lists', '['.repeat(200_000), 'nest no deeper than 64 levels'],
    ['deep lists without brackets', '- '.repeat(50_000), 'nest no deeper than 64 levels'],
    ['lists a little too deep', `${'- '.repeat(65)}x`, 'nest no deeper than 64 levels'],
    ['a large file', 'a'.repeat(MAX_MANIFEST_BYTES + 1), 'keep the file within 1048576 bytes (1 MiB)'],
    ['many documents', '--- a\n'.repeat(201), 'put at most 200 into one file'],
  ])('refuses %s', (_, text, words) => {
    expect(refusal(text)).toContain(words);
  });
});
