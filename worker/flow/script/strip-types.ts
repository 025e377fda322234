import type { StripAnswer } from './frames';

type Stripper = Pick<typeof import('@swc/wasm-typescript'), 'transformSync'>;

/**
 * TypeScript without its types. Blanks stand in their place, so lines and columns stay. A script that breaks the
 * stripper breaks it for good: once a process.
 */
export async function stripTypes(code: string): Promise<StripAnswer> {
  const loaded: Stripper & { readonly default?: Stripper } = await import('@swc/wasm-typescript');
  // Bundled, a CommonJS package has all that it exports behind `default`.
  const { transformSync } = loaded.default ?? loaded;
  try {
    return { code: transformSync(code, { mode: 'strip-only', filename: 'script.ts', module: true }).code };
  } catch (thrown) {
    // It throws plain objects for what is wrong with the code, and errors when it breaks.
    if (thrown instanceof Error) return { problem: { message: 'it is nested too deeply to be read' } };
    const { message, startLine, startColumn } = thrown as { message?: string; startLine?: number; startColumn?: number };
    return {
      problem: {
        // Without the list of all that may begin an expression.
        message: message?.replace(/\. Expected an identifier, .*/s, '') ?? 'it cannot be read',
        ...(startLine ? { line: startLine, column: (startColumn ?? 0) + 1 } : {}),
      },
    };
  }
}
