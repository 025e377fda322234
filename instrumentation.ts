import type { Instrumentation } from 'next';

/** Runs once when the portal's server process starts. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { prepareServer } = await import('./app/_server/lifecycle');
  prepareServer();
}

/** Errors of pages and routes that nobody caught: one log line with the digest that the error page shows. */
export const onRequestError: Instrumentation.onRequestError = async (error, request, context) => {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { logRequestError } = await import('./app/_server/lifecycle');
  logRequestError(error, `${request.method} ${context.routePath}`);
};
