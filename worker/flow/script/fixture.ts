import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScriptConversionSpec } from '@/core/spec/script-conversion';
import { bundle } from '@/local/bundle.mjs';
import type { Converted, ConvertibleEvent } from '../conversion';
import { scriptSpec, textOf } from './fixture-events';
import { useSandboxFile } from './sandbox-file';
import { createScriptConversion } from './script-conversion';

let bundled: Promise<string> | null = null;

/** Bundles the sandbox as it is shipped, once a process, and has every script of it run there. Gives the file. */
export function bundledSandbox(): Promise<string> {
  bundled ??= (async () => {
    const folder = mkdtempSync(join(tmpdir(), 'spillway-script-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    await bundle({ 'script-sandbox': 'worker/flow/script/sandbox-main.ts' }, folder);
    const file = join(folder, 'script-sandbox.mjs');
    useSandboxFile(file);
    return file;
  })();
  return bundled;
}

/** What a script makes of events, in a sandbox of its own. */
export async function converted(
  code: string,
  events: readonly ConvertibleEvent[],
  more: Partial<ScriptConversionSpec> = {},
): Promise<readonly Converted[]> {
  const conversion = createScriptConversion(scriptSpec(code, more), { streamName: 'test', targets: {} });
  const { signal } = new AbortController();
  try {
    await conversion.open(signal);
    return await conversion.convert(events, signal);
  } finally {
    await conversion.close();
  }
}

/** The same, one text an event. */
export async function texts(...of: Parameters<typeof converted>): Promise<string[]> {
  return (await converted(...of)).map(textOf);
}
