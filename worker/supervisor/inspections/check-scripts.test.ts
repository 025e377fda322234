import { beforeAll, expect, test } from 'vitest';
import { bundledSandbox } from '@/worker/flow/script/fixture';
import { scriptSpec } from '@/worker/flow/script/fixture-events';
import { checkScripts } from './check-scripts';

beforeAll(async () => {
  await bundledSandbox();
});

test('a script that cannot be run is a problem of its field, with line and column', async () => {
  const conversions = [
    scriptSpec('export default (event) => event'),
    scriptSpec('const rate: number = 1;\nexport default function (event: unknown { }', { language: 'typescript' }),
  ];
  const [problem, ...others] = await checkScripts({ conversions }, new AbortController().signal);
  expect(others).toEqual([]);
  expect(problem).toMatchObject({ field: 'conversions.1.code', remedy: expect.stringMatching(/^line 2, column \d+: /) });
});
