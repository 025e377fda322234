import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../../../..');

test('the wizard loads neither schemas nor the YAML parser before somebody touches it', () => {
  const wizard = reach('components/declare/declare-wizard.tsx');
  expect(wizard.files).toContain('components/declare/spec-form.ts');
  expect(wizard.packages).toContain('react');
  expect(wizard.packages).not.toContain('zod');
  expect(wizard.packages).not.toContain('yaml');
  // What is loaded on touch has them, so the walk would have found them.
  expect(reach('components/declare/form-check.ts').packages).toContain('zod');
  expect(reach('components/declare/wizard-yaml.ts').packages).toContain('yaml');
});

/** Files and packages that a file brings by static imports of values. */
function reach(from: string): { readonly files: string[]; readonly packages: string[] } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const open = [from];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    for (const name of importsOf(readFileSync(join(ROOT, file), 'utf8'))) {
      const path = name.startsWith('@/') ? name.slice(2) : name.startsWith('.') ? join(dirname(file), name) : null;
      const found = path === null ? undefined : [`${path}.ts`, `${path}.tsx`].find((each) => existsSync(join(ROOT, each)));
      if (found) open.push(found);
      else packages.add(name);
    }
  }
  return { files: [...files], packages: [...packages] };
}

function importsOf(source: string): string[] {
  return [...source.matchAll(/^(?:import|export) (?!type\b)([^;]*?) from '([^']+)';/gm)]
    .filter(([, names = '']) => !/^\{\s*(type [^,}]+,?\s*)+\}$/.test(names))
    .map(([, , name = '']) => name);
}
