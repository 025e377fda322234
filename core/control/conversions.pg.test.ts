import { afterAll, beforeAll, expect, it } from 'vitest';
import { listSinkTargets } from '@/core/catalog/sink-targets';
import { type StreamSpec, streamSpec } from '@/core/spec/stream-spec';
import { CANARY, closeWorld, freshName, openWorld, specOf, type World } from './fixture';
import { register } from './sink-targets/register';
import { remove } from './sink-targets/remove';
import { request } from './streams/request';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});
afterAll(closeWorld);

const account = { region: 'eu-central-1', credentials: { type: 'static', accessKeyId: 'AKIA1' } };
const ask = (spec: StreamSpec) => request.call(world.people.builder, { teamId: world.own.id, spec, reason: 'needed for the test' });
const withFunction = (name: string, target: string) =>
  streamSpec.parse({
    ...specOf(name),
    conversions: [{ type: 'AwsLambdaConversion', target, lambdaFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:shape' }],
  });

it('a target of functions is there and of its type when a stream asks for one, counted, and kept for as long as it is used', async () => {
  const { admin, builder } = world.people;
  const config = { type: 'AwsLambda', ...account };
  const { targetId } = await register.call(admin, { name: 'functions', config, secret: CANARY });
  await expect(ask(withFunction(freshName(), 'none'))).rejects.toMatchObject({
    detail: { problems: [{ field: 'conversions.0.target', value: 'none' }] },
  });
  await expect(ask(withFunction(freshName(), 'event-log'))).rejects.toMatchObject({
    detail: {
      problems: [{ field: 'conversions.0.target', remedy: 'choose a sink target of type AwsLambda; this one is of type EventLog' }],
    },
  });
  const name = freshName();
  await ask(withFunction(name, 'functions'));
  const counts = Object.fromEntries((await listSinkTargets(builder)).map((target) => [target.name, target.streamCount]));
  expect(counts).toEqual({ 'event-log': 1, functions: 1 });
  await expect(remove.call(admin, { targetId, confirmName: 'functions' })).rejects.toMatchObject({
    kind: 'precondition_failed',
    message: expect.stringContaining(name),
  });
  const { targetId: unused } = await register.call(admin, { name: 'others', config, secret: CANARY });
  await remove.call(admin, { targetId: unused, confirmName: 'others' });
});

it('one SQS target serves streams of both kinds of queues', async () => {
  await register.call(world.people.admin, { name: 'queues', config: { type: 'Sqs', ...account }, secret: CANARY });
  for (const type of ['SqsFifo', 'SqsStandard']) {
    const spec = streamSpec.parse({ ...specOf(freshName()), sink: { type, target: 'queues', queueName: 'orders' } });
    await expect(ask(spec)).resolves.toMatchObject({ streamId: expect.any(String) });
  }
});
