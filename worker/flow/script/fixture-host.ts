import { event, scriptSpec } from './fixture-events';
import { useSandboxFile } from './sandbox-file';
import { createScriptConversion } from './script-conversion';

/** A pipeline's process as far as scripts see one: says which sandbox it has, and is then kept waiting by the script for a long time. */
useSandboxFile(process.argv[2] ?? '');
const code = 'export default () => { new Array(2 ** 31).join("x"); }';
const conversion = createScriptConversion(
  scriptSpec(code, { timeoutMs: 5_000 }),
  { streamName: 'host', targets: {} },
  { silenceMs: 600_000 },
);
const { signal } = new AbortController();
await conversion.open(signal);
for (;;) {
  const converted = conversion.convert([event(1, {})], signal);
  process.stdout.write(`${conversion.pid}\n`);
  await converted;
}
