import { randomBytes } from 'node:crypto';
import type { Tx } from '@/core/catalog/client';
import { readWorkerKey } from '@/core/catalog/workers';
import { sealSecret } from '@/core/secrets/seal';
import { kafkaNeedsSecret } from '@/core/spec/sink/kafka-target';
import { type SinkTargetConfig, sinkTargetConfig, sinkTargetHosts, sinkTargetUrls, sinkTargetUser } from '@/core/spec/sink-target';
import type { AuditRecord } from './verb';
import { invalid } from './verb-problems';

/** Null (no team owns a sink target) when it exists, undefined when not. */
export async function targetExists(tx: Tx, targetId: string): Promise<null | undefined> {
  return (await tx.sinkTarget.findFirst({ where: { id: targetId, removedAt: null }, select: { id: true } })) ? null : undefined;
}

/** Locks a target that the caller knows to exist. */
export async function lockTarget(tx: Tx, targetId: string) {
  await tx.$queryRaw`select id::text from sink_target where id = ${targetId}::uuid for update`;
  const { config, ...row } = await tx.sinkTarget.findUniqueOrThrow({
    where: { id: targetId },
    select: { name: true, config: true, sealedSecret: true, secretVersion: true },
  });
  return { ...row, config: sinkTargetConfig.parse(config) };
}

export async function requireFreeTargetName(tx: Tx, name: string, exceptId: string | null): Promise<void> {
  const taken = await tx.sinkTarget.findUnique({ where: { name }, select: { id: true } });
  if (taken && taken.id !== exceptId) throw invalid('name', name, 'choose another name: a sink target has this one');
}

/** A Standard Webhooks signing secret: `whsec_` and 32 random bytes in base64. */
export function newSigningSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** Whether a config needs a secret to be of use. */
export function needsSecret(config: SinkTargetConfig): boolean {
  switch (config.type) {
    case 'EventLog':
      return config.store === 'postgres';
    case 'Http':
    case 'Nakadi':
      return true;
    case 'Kafka':
      return kafkaNeedsSecret(config);
    case 'AwsLambda':
    case 'Sqs':
      return config.credentials.type === 'static';
  }
}

/** Whom a secret is for: when it changes, the secret must be typed again. */
export function secretAudience(config: SinkTargetConfig): string {
  return `${config.type} ${sinkTargetHosts(config)} ${sinkTargetUser(config)}`;
}

/** Checks what the schema alone cannot: credentials in a URL, and the form of each kind of secret. */
export function checkTarget(config: SinkTargetConfig, secret: string | undefined): void {
  for (const [field, address] of sinkTargetUrls(config)) {
    const { username, password } = new URL(address);
    if (username || password) throw invalid(`config.${field}`, null, 'leave user and password out of the URL: it is shown to everybody');
  }
  if (secret === undefined) return;
  if (!needsSecret(config)) throw invalid('secret', null, 'leave it empty: this kind of target takes no secret');
  if (config.type === 'Http' && !isSigningSecret(secret))
    throw invalid('secret', null, 'give whsec_ followed by 24 to 64 bytes in base64, or have one generated');
  if (config.type === 'EventLog' && !/^postgres(ql)?:\/\/[^\s]+$/.test(secret))
    throw invalid('secret', null, 'give the connection URL, postgres://user:password@host:port/database');
}

function isSigningSecret(secret: string): boolean {
  const match = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret);
  const bytes = match?.[1] ? Buffer.from(match[1], 'base64').length : 0;
  return bytes >= 24 && bytes <= 64;
}

export async function sealForTarget(tx: Tx, secret: string, id: string, version: number): Promise<string> {
  return sealSecret(secret, await readWorkerKey(tx), { kind: 'sink-target', id, version });
}

/** `did` is a past participle; `how` follows the name. */
export function aboutTarget(
  id: string,
  name: string,
  did: string,
  change: { before?: unknown; after?: unknown; how?: string } = {},
): AuditRecord {
  const { how = '', ...rest } = change;
  return { subject: { type: 'sink-target', id, name }, teamId: null, summary: `${did} the sink target ${name}${how}`, ...rest };
}
