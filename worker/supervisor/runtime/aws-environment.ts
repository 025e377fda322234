import type { SinkTargetConfig } from '@/core/spec/sink-target';
import type { Assignment } from '@/worker/pipeline/assignment';

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

type Targets = Pick<Assignment, 'sinkConfig' | 'letterSink' | 'conversionTargets'>;

/** The targets that a pipeline sends to: the stream's own, that of its dead letters' copies, and those of its conversions. */
export function configsOf({ sinkConfig, letterSink, conversionTargets = {} }: Targets): readonly SinkTargetConfig[] {
  const letters = letterSink && 'config' in letterSink ? [letterSink.config] : [];
  return [sinkConfig, ...letters, ...Object.values(conversionTargets).map(({ config }) => config)];
}

/** What a pipeline needs to act as the worker's role; nothing unless an admin chose that for one of its targets. */
export function roleEnvironment(configs: readonly SinkTargetConfig[], env: NodeJS.ProcessEnv): Record<string, string> {
  if (!configs.some((config) => (config.type === 'Sqs' || config.type === 'AwsLambda') && config.credentials.type === 'workerRole'))
    return {};
  return Object.fromEntries(CREDENTIALS.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
