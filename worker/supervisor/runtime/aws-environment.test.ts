import { expect, test } from 'vitest';
import { roleEnvironment } from './aws-environment';

const ENV = { NODE_ENV: 'test' as const, AWS_ROLE_ARN: 'arn:aws:iam::1:role/worker', HOME: '/home/worker', CATALOG_URL: 'canary' };

test('the worker’s role reaches a pipeline only where an admin chose it for the target, and nothing else with it', () => {
  const sqs = { type: 'Sqs' as const, region: 'eu-central-1', allowPrivateNetwork: false };
  expect(roleEnvironment([{ ...sqs, credentials: { type: 'workerRole' } }], ENV)).toEqual({
    AWS_ROLE_ARN: 'arn:aws:iam::1:role/worker',
    HOME: '/home/worker',
  });
  expect(roleEnvironment([{ ...sqs, credentials: { type: 'static', accessKeyId: 'AKIA' } }], ENV)).toEqual({});
  expect(roleEnvironment([{ type: 'EventLog', store: 'catalog' }], ENV)).toEqual({});
});
