import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { catalogDatabase } from '@/worker/testing/postgres';
import { bundle } from './bundle.mjs';

const PROGRAM = `
import { catalog, closeCatalog } from '@/core/catalog/client';
console.log(JSON.stringify({ people: await catalog().user.count() }));
await closeCatalog();
`;

test('a bundle runs away from node_modules, and the catalog client answers in it', async () => {
  const outdir = mkdtempSync(join(tmpdir(), 'spillway-bundle-'));
  const entry = join(import.meta.dirname, `bundled-program-${process.pid}.ts`);
  const catalog = await catalogDatabase();
  try {
    writeFileSync(entry, PROGRAM);
    await bundle({ program: `local/bundled-program-${process.pid}.ts` }, outdir);
    const env = { ...process.env, DATABASE_URL: catalog.url };
    const { stdout } = await promisify(execFile)(process.execPath, [join(outdir, 'program.mjs')], { cwd: outdir, env });
    expect(JSON.parse(stdout)).toEqual({ people: 0 });
  } finally {
    rmSync(entry, { force: true });
    rmSync(outdir, { recursive: true, force: true });
    await catalog.drop();
  }
});

test('a missing entry point is named', async () => {
  await expect(bundle({ gone: 'worker/not-there.ts' })).rejects.toThrow('entry points are missing: worker/not-there.ts');
});
