import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalog } from '@/core/catalog/client';
import { SpillwayError } from '@/core/errors';
import { mayCall, mayRead, PERMISSIONS, type VerbName } from '@/core/policy/permissions';
import { printStreamYaml } from '@/core/spec/stream-yaml';
import { closeWorld, freshName, makeLetter, openWorld, requestStream, runStream, sourceInput, specOf, type World } from './fixture';
import { register as registerTarget } from './sink-targets/register';
import { register as registerSource } from './sources/register';
import { saveDraft } from './streams/save-draft';
import type { Verb } from './verb';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});
afterAll(closeWorld);

const ROLES = ['builder', 'lead', 'foreign builder', 'foreign lead', 'admin', 'auditor'] as const;
type Role = (typeof ROLES)[number];

const BUDGET = 2 ** 28;
const reason = 'a reason that is long enough';
/** As a worker leaves a stream whose slot the server invalidated. */
async function loseSlot(streamId: string): Promise<void> {
  await catalog().stream.update({ where: { id: streamId }, data: { state: 'slot_lost' } });
  const slot = { slotName: 'spillway_lost', publicationName: 'spillway_lost', sourceHash: 'hash', walBudgetBytes: 1n, status: 'ready' };
  await catalog().provision.create({ data: { streamId, sourceId: streamId, ...slot } });
}
/** A stream whose rows can be read again. */
async function readable(): Promise<string> {
  const { streamId } = await runStream(world);
  const slot = { slotName: 'spillway_read', publicationName: 'spillway_read', sourceHash: 'hash', walBudgetBytes: 1n, status: 'ready' };
  await catalog().provision.create({ data: { streamId, sourceId: streamId, snapshotState: 'done', ...slot } });
  return streamId;
}
async function readAgain(status: 'running' | 'paused'): Promise<string> {
  const streamId = await readable();
  await catalog().snapshotRequest.create({ data: { streamId, scope: { kind: 'table' }, status, reason, requestedBy: 'lena' } });
  return streamId;
}
const eventLog = () => ({ name: freshName(), config: { type: 'EventLog' } });

/** An input with which the verb succeeds, on fresh things of the team `own`, for whoever may. A verb without one does not compile. */
const INPUTS: Record<VerbName, (role: Role) => Promise<Record<string, unknown>>> = {
  'streams.save-draft': async () => ({ teamId: world.own.id, body: {}, step: 'source' }),
  'streams.discard-draft': async (role) => saveDraft.call(draftOwner(role), { teamId: world.own.id, body: {}, step: 'source' }),
  'streams.import-manifest': async () => ({ teamId: world.own.id, text: printStreamYaml(specOf(freshName())) }),
  'streams.request': async () => ({ teamId: world.own.id, spec: specOf(freshName()), reason }),
  'streams.revise': async () => {
    const { streamId, name } = await runStream(world);
    return { streamId, spec: specOf(name), note: 'same' };
  },
  'streams.withdraw': async () => ({ streamId: (await requestStream(world)).streamId }),
  'streams.pause': async () => ({ streamId: (await runStream(world)).streamId, reason }),
  'streams.resume': async () => ({ streamId: (await runStream(world, { state: 'paused', desired: 'paused' })).streamId }),
  'streams.retire': async () => {
    const { streamId, name } = await runStream(world);
    return { streamId, confirmName: name };
  },
  'streams.restart': async () => ({ streamId: (await runStream(world)).streamId }),
  'streams.recover': async () => {
    const { streamId, name } = await runStream(world);
    await loseSlot(streamId);
    return { streamId, confirmName: name };
  },
  'streams.start-snapshot': async () => ({ streamId: await readable(), scope: { kind: 'table' }, reason }),
  'streams.pause-snapshot': async () => ({ streamId: await readAgain('running') }),
  'streams.resume-snapshot': async () => ({ streamId: await readAgain('paused') }),
  'streams.cancel-snapshot': async () => ({ streamId: await readAgain('running') }),
  'slots.approve': async () => ({ requestId: (await requestStream(world)).requestId, walBudgetBytes: BUDGET }),
  'slots.reject': async () => ({ requestId: (await requestStream(world)).requestId, reason }),
  'slots.set-budget': async () => ({ streamId: (await runStream(world)).streamId, walBudgetBytes: BUDGET }),
  'dead-letters.replay': async () => ({ letterIds: [await makeLetter(await runStream(world))] }),
  'dead-letters.discard': async () => ({ letterIds: [await makeLetter(await runStream(world))], reason }),
  'sources.register': async () => sourceInput(freshName()),
  'sources.update': async () => {
    const input = sourceInput(freshName());
    return { ...input, ...(await registerSource.call(world.people.admin, input)) };
  },
  'sources.remove': async () => {
    const input = sourceInput(freshName());
    return { ...(await registerSource.call(world.people.admin, input)), confirmName: input.name };
  },
  'sink-targets.register': async () => eventLog(),
  'sink-targets.update': async () => {
    const input = eventLog();
    const { targetId } = await registerTarget.call(world.people.admin, input);
    return { ...input, targetId };
  },
  'sink-targets.remove': async () => {
    const input = eventLog();
    const { targetId } = await registerTarget.call(world.people.admin, input);
    return { targetId, confirmName: input.name };
  },
  'inspections.ask': async () => ({ kind: 'list-tables', input: { sourceId: world.sourceId } }),
  'inspections.ask-admin': async () => ({ kind: 'test-source', input: { sourceId: world.sourceId } }),
};

/** Drafts are their writer's alone; who cannot have one tries the builder's. */
function draftOwner(role: Role) {
  return role === 'lead' ? world.people.lead : world.people.builder;
}

const FOLDER = import.meta.dirname;

/** Every file one folder below core/control, with the verb it exports. */
async function verbsThatExist(): Promise<Map<VerbName, Verb<unknown>>> {
  const verbs = new Map<VerbName, Verb<unknown>>();
  const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name: noun } of folders) {
    for (const file of readdirSync(join(FOLDER, noun)).filter((name) => name.endsWith('.ts') && !name.includes('.test.'))) {
      const base = file.replace(/\.ts$/, '');
      const exported = (await import(`./${noun}/${base}.ts`)) as Record<string, Verb<unknown> | undefined>;
      const verb = exported[base.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())];
      expect(verb?.name, `${noun}/${file} exports its verb under its own name`).toBe(`${noun}.${base}`);
      if (verb) verbs.set(verb.name, verb);
    }
  }
  return verbs;
}

it('has a right for every verb, and a verb for every right', async () => {
  expect([...(await verbsThatExist()).keys()].sort()).toEqual(Object.keys(PERMISSIONS).sort());
});

describe.each(Object.keys(PERMISSIONS) as VerbName[])('%s', (name) => {
  it.each(ROLES)('as %s', async (role) => {
    const verb = (await verbsThatExist()).get(name);
    const actor = world.people[role];
    const called = verb?.call(actor, await INPUTS[name](role));
    if (mayCall(actor, name, world.own.id)) {
      await expect(called).resolves.toBeDefined();
      return;
    }
    const error = await called?.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SpillwayError);
    const draft = name === 'streams.discard-draft';
    const hidden = draft || (PERMISSIONS[name] !== 'platform_admin' && !mayRead(actor, world.own.id));
    expect((error as SpillwayError).kind).toBe(hidden ? 'not_found' : 'forbidden');
  });
});
