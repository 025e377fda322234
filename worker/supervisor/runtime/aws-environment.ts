import type { SinkTargetConfig } from '@/core/spec/sink-target';

/** Where the SDK's default chain looks for the role of a machine, a container or a service account (AWS SDKs and tools reference guide). */
const CREDENTIALS = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AWS_STS_REGIONAL_ENDPOINTS',
  'AWS_PROFILE',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'HOME',
];

/** What a pipeline needs to act as the worker's role; nothing unless an admin chose that for its target. */
export function roleEnvironment(config: SinkTargetConfig, env: NodeJS.ProcessEnv): Record<string, string> {
  if (config.type !== 'Sqs' || config.credentials.type !== 'workerRole') return {};
  return Object.fromEntries(CREDENTIALS.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
