import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** File and the one import in it that crosses a boundary of docs/architecture. Each has to be refused. */
const FORBIDDEN: [file: string, imported: string][] = [
  ['app/(portal)/streams/page.tsx', '@/worker/supervisor/reconcile'],
  ['app/api/streams/route.ts', '@/generated/prisma/client'],
  ['app/_server/a.ts', '../../worker/main'],
  ['components/streams/a.tsx', '@/core/control/streams/pause'],
  ['components/streams/b.tsx', '@/core/catalog/streams'],
  ['components/streams/c.tsx', 'node:fs'],
  ['components/streams/d.tsx', '@/app/_server/session'],
  ['components/streams/e.tsx', '../../core/catalog/streams'],
  ['components/streams/f.tsx', '@/worker/sink/sink'],
  ['core/spec/a.ts', 'node:fs'],
  ['core/spec/sink/b.ts', '@/core/catalog/streams'],
  ['core/lifecycle/a.ts', 'pg'],
  ['core/policy/a.ts', '../catalog/people'],
  ['core/postgres/a.ts', 'node:timers/promises'],
  ['core/dto/a.ts', '@/generated/prisma/client'],
  ['core/dto/b.ts', 'react'],
  ['core/control/streams/a.ts', '@/generated/prisma/client'],
  ['core/control/streams/b.ts', '@/worker/source/source'],
  ['core/control/streams/c.ts', 'next/cache'],
  ['core/catalog/a.ts', '@/components/ui/button'],
  ['worker/supervisor/a.ts', '@/app/_server/session'],
  ['worker/supervisor/b.ts', '@/components/ui/button'],
  ['worker/pipeline/a.ts', '@/generated/prisma/client'],
  ['worker/pipeline/b.ts', '@prisma/client'],
  ['worker/source/postgres/a.ts', '@/worker/sink/kafka/kafka-sink'],
  ['worker/source/postgres/b.ts', '../../sink/sink-registry'],
  ['worker/source/postgres/c.ts', '@/worker/pipeline/pipeline'],
  ['worker/flow/a.ts', '@/worker/source/postgres/snapshot'],
  ['worker/flow/b.ts', '../recovery/park'],
  ['worker/sink/kafka/a.ts', '@/worker/flow/registry'],
  ['worker/sink/kafka/b.ts', '@/worker/supervisor/reconcile'],
  ['worker/recovery/a.ts', '@/worker/sink/registry'],
  ['worker/recovery/b.ts', '@/generated/prisma/client'],
];

/** What the same folders need. None may be refused. */
const ALLOWED: [file: string, imported: string][] = [
  ['app/(portal)/slots/page.tsx', '@/core/catalog/slots'],
  ['app/(portal)/slots/actions.ts', '@/core/control/slots/approve'],
  ['components/slots/a.tsx', '@/core/lifecycle/stream-state'],
  ['components/slots/b.tsx', '@/core/dto/slot'],
  ['core/spec/c.ts', 'zod'],
  ['core/spec/d.test.ts', 'node:fs'],
  ['core/spec/sink/e.ts', '../names'],
  ['core/catalog/client.ts', '@/generated/prisma/client'],
  ['core/secrets/a.ts', 'node:crypto'],
  ['prisma/seed.ts', '@/generated/prisma/client'],
  ['e2e/fixtures.ts', '@/generated/prisma/client'],
  ['worker/testing/a.ts', '@/generated/prisma/client'],
  ['worker/source/postgres/d.ts', '@/worker/pipeline/assignment'],
  ['worker/source/postgres/e.ts', '@/worker/source/source'],
  ['worker/flow/c.ts', '@/worker/source/source'],
  ['worker/sink/kafka/c.ts', '@/worker/flow/flow'],
  ['worker/sink/kafka/d.ts', '@/core/spec/sink/kafka'],
  ['worker/recovery/c.ts', '@/worker/sink/sink'],
  ['worker/recovery/d.ts', '@/worker/source/stored-change'],
  ['worker/pipeline/c.ts', '@/worker/sink/registry'],
];

let folder: string;
let findings: { path: string; category: string }[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'spillway-boundaries-'));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  const config = JSON.parse(readFileSync(join(ROOT, 'biome.json'), 'utf8'));
  write('biome.json', JSON.stringify({ ...config, $schema: undefined, vcs: { enabled: false } }));
  for (const [file, imported] of [...FORBIDDEN, ...ALLOWED]) write(file, `import * as x from '${imported}';\nexport const y = x;\n`);
  write('core/spec/cycle-one.ts', "import { two } from './cycle-two';\nexport const one = () => two;\n");
  write('core/spec/cycle-two.ts', "import { one } from './cycle-one';\nexport const two = () => one;\n");
  write('core/policy/timer.ts', 'export const later = () => setTimeout(() => 1, 1);\n');
  write('core/errors.ts', 'export const loose = (value: any) => value;\n');
  write('core/a.test.ts', "import { test } from 'vitest';\ntest.only('one', () => {});\n");
  write('core/b.test.ts', "import { test } from 'vitest';\ntest.skip('one', () => {});\n");
  const biome = join(ROOT, 'node_modules/.bin/biome');
  const arguments_ = ['lint', '--reporter=json', '--max-diagnostics=none', '--diagnostic-level=error', '.'];
  const { stdout } = spawnSync(biome, arguments_, { cwd: folder, encoding: 'utf8' });
  const report: { diagnostics: { category: string; location: { path: string | { file: string } } }[] } = JSON.parse(stdout);
  findings = report.diagnostics.map(({ category, location: { path } }) => ({
    category,
    path: typeof path === 'string' ? path : path.file,
  }));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rulesBrokenBy = (file: string) =>
  findings.filter(({ path }) => path.endsWith(file)).map(({ category }) => category.replace(/^lint\//, ''));

describe('an import across a boundary is refused', () => {
  test.each(FORBIDDEN)('%s importing %s', (file) => {
    expect(rulesBrokenBy(file)).toContain('style/noRestrictedImports');
  });
});

describe('an import that the folder needs is not', () => {
  test.each(ALLOWED)('%s importing %s', (file) => {
    expect(rulesBrokenBy(file)).not.toContain('style/noRestrictedImports');
  });
});

test.each([
  ['core/spec/cycle-one.ts', 'suspicious/noImportCycles'],
  ['core/policy/timer.ts', 'style/noRestrictedGlobals'],
  ['core/errors.ts', 'suspicious/noExplicitAny'],
  ['core/a.test.ts', 'suspicious/noFocusedTests'],
  ['core/b.test.ts', 'suspicious/noSkippedTests'],
])('%s breaks %s', (file, rule) => {
  expect(rulesBrokenBy(file)).toContain(rule);
});
