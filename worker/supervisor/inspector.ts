import type { InspectionAnswer, InspectionInput, InspectionKind } from '@/core/dto/inspection';
import { ERROR_CATALOGUE } from '@/core/error-catalogue';
import { SpillwayError } from '@/core/errors';
import type { Log } from '@/worker/telemetry/log';
import { type Catalog, isCatalogOutage } from './catalog/catalog';
import { type AskedInspection, answerInspection, claimInspections, failInspection, type InspectionError } from './catalog/inspections';
import { asSentence } from './catalog/states';
import { checkSnapshot } from './inspections/check-snapshot';
import { answerConsumerLag } from './inspections/consumer-lag';
import type { InspectionContext } from './inspections/context';
import { answerDossier } from './inspections/dossier';
import { answerKafkaRoutes } from './inspections/kafka-routes';
import { answerListTables } from './inspections/list-tables';
import { answerPreview } from './inspections/preview';
import { previewReplay } from './inspections/preview-replay';
import { testSink } from './inspections/test-sink';
import { testSource } from './inspections/test-source';
import { validateSpec } from './inspections/validate-spec';
import { Loop } from './loop';

export interface InspectorDeps {
  readonly catalog: Catalog;
  readonly privateKey: string;
  readonly log: Log;
}

type Answerers = {
  readonly [K in InspectionKind]: (input: InspectionInput<K>, context: InspectionContext) => Promise<InspectionAnswer<K>>;
};
const ANSWERERS: Answerers = {
  'test-source': testSource,
  'test-sink': testSink,
  'list-tables': answerListTables,
  preview: answerPreview,
  'kafka-routes': answerKafkaRoutes,
  'validate-spec': validateSpec,
  dossier: answerDossier,
  'check-snapshot': checkSnapshot,
  'consumer-lag': answerConsumerLag,
  'preview-replay': previewReplay,
};

const POLL_MS = 500;
const AT_ONCE = 4;
/** The portal waits 15 s: a late answer is for nobody. */
const LIMIT_MS = 14_000;

/** Answers what the portal asks about sources and sinks; a slow question holds up at most its own place of four. */
export class Inspector {
  readonly #loop: Loop;
  readonly #answering = new Set<Promise<void>>();

  constructor(private readonly deps: InspectorDeps) {
    this.#loop = new Loop(
      POLL_MS,
      () => this.#claim(),
      (thrown) => this.#failed(thrown),
    );
  }

  start(): void {
    this.#loop.start();
  }

  kick(): void {
    this.#loop.kick();
  }

  async close(): Promise<void> {
    await this.#loop.close();
  }

  async #claim(): Promise<void> {
    const free = AT_ONCE - this.#answering.size;
    if (free <= 0) return;
    for (const asked of await claimInspections(this.deps.catalog.query, free)) {
      const answer = this.#answer(asked)
        .catch((thrown: unknown) => this.#failed(thrown))
        .then(() => {
          this.#answering.delete(answer);
          this.kick();
        });
      this.#answering.add(answer);
    }
  }

  async #answer({ id, kind, input }: AskedInspection): Promise<void> {
    const { catalog, log } = this.deps;
    const began = performance.now();
    let result: unknown;
    try {
      result = await this.#within(kind, input);
    } catch (thrown) {
      const error = describe(thrown);
      if (error.errorKind === 'internal') log.error({ kind, err: thrown }, 'a question could not be answered');
      else log.info({ kind, error: error.errorKind, reason: error.message }, 'question refused');
      await failInspection(catalog.query, id, error);
      return;
    }
    await answerInspection(catalog.query, id, result);
    log.debug({ kind, ms: Math.round(performance.now() - began) }, 'question answered');
  }

  async #within(kind: InspectionKind, input: unknown): Promise<unknown> {
    const answerer = ANSWERERS[kind] as ((input: unknown, context: InspectionContext) => Promise<unknown>) | undefined;
    if (!answerer) throw new SpillwayError('invalid_input', `questions of kind "${kind}" are not known`);
    const abort = new AbortController();
    const late = new SpillwayError('source_unreachable', `no answer within ${LIMIT_MS / 1000} s`);
    const timer = setTimeout(() => abort.abort(late), LIMIT_MS);
    try {
      const { catalog, privateKey } = this.deps;
      const over = new Promise<never>((_, reject) => abort.signal.addEventListener('abort', () => reject(late), { once: true }));
      return await Promise.race([answerer(input, { catalog, privateKey, signal: abort.signal }), over]);
    } finally {
      clearTimeout(timer);
    }
  }

  #failed(thrown: unknown): void {
    if (!isCatalogOutage(thrown)) this.deps.log.error({ err: thrown }, 'the inspector failed');
  }
}

/** An error as the portal shows it. What is not ours is not shown in full: it may hold what should not be seen. */
function describe(thrown: unknown): InspectionError {
  if (!(thrown instanceof SpillwayError)) {
    return {
      errorKind: 'internal',
      message: 'The worker could not answer; its log has the reason',
      remedy: ERROR_CATALOGUE.internal.remedy,
    };
  }
  return {
    errorKind: thrown.kind,
    message: asSentence(thrown.message),
    remedy: thrown.detail.remedy ?? ERROR_CATALOGUE[thrown.kind].remedy,
  };
}
