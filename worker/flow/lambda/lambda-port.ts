/** What one invocation gave. */
export interface Invocation {
  /** The function's answer, or its error when `functionError` is set. */
  readonly payload: Uint8Array;
  /** Handled or Unhandled (X-Amz-Function-Error); null when the function returned. */
  readonly functionError: string | null;
}

/** What a conversion needs of a Lambda client. Errors are the SDK's, for `error-class.ts` to read. No call is repeated by itself. */
export interface LambdaSession {
  invoke(functionArn: string, payload: Uint8Array, signal: AbortSignal): Promise<Invocation>;
  /** Asks whether the function may be invoked, without running it. */
  dryRun(functionArn: string, signal: AbortSignal): Promise<void>;
  close(): void;
}

export type OpenLambda = () => Promise<LambdaSession>;
