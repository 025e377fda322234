/** On, after a minute without a sink, up to 10 GiB; apart from the schema, so that a form can begin before it loads what checks it. */
export const SPILL_DEFAULTS = { enabled: true, afterSeconds: 60, maxBytes: 10 * 1024 * 1024 * 1024 };
