import * as z from 'zod';

export const SCRIPT_LANGUAGES = ['typescript', 'javascript'] as const;
export type ScriptLanguage = (typeof SCRIPT_LANGUAGES)[number];
export const MAX_SCRIPT_BYTES = 64 * 1024;

/** Runs a script of the stream's team on each event, in a sandbox of its own. */
export const scriptConversion = z.strictObject({
  type: z.literal('Script'),
  language: z.enum(SCRIPT_LANGUAGES).default('typescript'),
  /** An ES module without imports whose default export takes an event and returns what becomes of it. */
  code: z
    .string()
    .min(1, 'write the script')
    .refine((code) => new TextEncoder().encode(code).length <= MAX_SCRIPT_BYTES, `keep it under ${MAX_SCRIPT_BYTES} bytes`),
  /** Processor time that one event may take, ms: a busy machine does not count against it. */
  timeoutMs: z.int().min(1, 'at least 1 ms').max(5_000, 'at most 5,000 ms').default(100),
  /** What the script may hold in memory, MiB. Below 16 the engine itself has no room. */
  memoryMb: z.int().min(16, 'at least 16 MiB').max(256, 'at most 256 MiB').default(32),
  /** The script's clock stands at the event's commit and its random numbers come from the event's id: an event that is sent again is the same. */
  deterministic: z.boolean().default(true),
});
export type ScriptConversionSpec = z.infer<typeof scriptConversion>;
