import * as z from 'zod';

export const SCRIPT_LANGUAGES = ['javascript', 'typescript'] as const;
export const MAX_SCRIPT_BYTES = 64 * 1024;

/** Runs a script of the stream's team on each event, in a sandbox of its own. */
export const scriptConversion = z.strictObject({
  type: z.literal('Script'),
  language: z.enum(SCRIPT_LANGUAGES).default('javascript'),
  code: z
    .string()
    .min(1, 'write the script')
    .refine((code) => new TextEncoder().encode(code).length <= MAX_SCRIPT_BYTES, `keep it under ${MAX_SCRIPT_BYTES} bytes`),
  /** How long one event may take, ms. */
  timeoutMs: z.int().min(1, 'at least 1 ms').max(5_000, 'at most 5,000 ms').default(100),
  /** What the script may hold in memory, MiB. */
  memoryMb: z.int().min(1, 'at least 1 MiB').max(256, 'at most 256 MiB').default(16),
});
export type ScriptConversionSpec = z.infer<typeof scriptConversion>;
