/** Ids that only the filled catalog knows. */
export interface Subjects {
  /** The stream with the most letters. */
  readonly stream: string;
  readonly letter: string;
  readonly fingerprint: string;
  readonly request: string;
  readonly source: string;
  readonly target: string;
}

/** A page, or a route that a page polls. */
export interface PortalPath {
  readonly name: string;
  readonly path: (of: Subjects) => string;
  /** A lead of one team, because an admin declares nothing; absent = an admin, who reads everything. */
  readonly as?: 'lead' | 'nobody';
}

export const PAGES: readonly PortalPath[] = [
  { name: 'sign-in', path: () => '/sign-in', as: 'nobody' },
  { name: 'streams', path: () => '/streams' },
  { name: 'streams, searched', path: () => '/streams?q=payments' },
  { name: 'streams, a lead', path: () => '/streams', as: 'lead' },
  { name: 'stream', path: ({ stream }) => `/streams/${stream}` },
  { name: 'declare', path: () => '/streams/new', as: 'lead' },
  { name: 'revise', path: ({ stream }) => `/streams/${stream}/revise`, as: 'lead' },
  { name: 'import', path: () => '/streams/import', as: 'lead' },
  { name: 'dead letters', path: () => '/dead-letters' },
  { name: 'dead letters, a lead', path: () => '/dead-letters', as: 'lead' },
  { name: 'dead letters, one', path: ({ stream, letter }) => `/dead-letters?stream=${stream}&letter=${letter}` },
  { name: 'requests', path: () => '/requests' },
  { name: 'request', path: ({ request }) => `/requests/${request}` },
  { name: 'slots', path: () => '/slots' },
  { name: 'sources', path: () => '/sources' },
  { name: 'source', path: ({ source }) => `/sources/${source}` },
  { name: 'new source', path: () => '/sources/new' },
  { name: 'sink targets', path: () => '/sinks' },
  { name: 'sink target', path: ({ target }) => `/sinks/${target}` },
  { name: 'new sink target', path: () => '/sinks/new' },
  { name: 'audit', path: () => '/audit' },
];

export const ROUTES: readonly PortalPath[] = [
  { name: 'streams', path: () => '/api/streams' },
  { name: 'stream', path: ({ stream }) => `/api/streams/${stream}` },
  { name: 'series 15m', path: ({ stream }) => `/api/streams/${stream}/series?range=15m` },
  { name: 'series 6h', path: ({ stream }) => `/api/streams/${stream}/series?range=6h` },
  { name: 'series 7d', path: ({ stream }) => `/api/streams/${stream}/series?range=7d` },
  { name: 'manifest', path: ({ stream }) => `/api/streams/${stream}/manifest` },
  { name: 'nav', path: () => '/api/nav' },
  { name: 'nav, a lead', path: () => '/api/nav', as: 'lead' },
  { name: 'letter groups', path: () => '/api/dead-letters/groups' },
  { name: 'letter groups of a stream', path: ({ stream }) => `/api/dead-letters/groups?stream=${stream}` },
  { name: 'letters', path: () => '/api/dead-letters?status=open' },
  { name: 'letters, a lead', path: () => '/api/dead-letters?status=open', as: 'lead' },
  { name: 'letters of a group', path: ({ fingerprint }) => `/api/dead-letters?status=open&fingerprint=${fingerprint}` },
  { name: 'letters of a stream', path: ({ stream }) => `/api/dead-letters?stream=${stream}` },
  { name: 'letter', path: ({ letter }) => `/api/dead-letters/${letter}` },
  { name: 'requests', path: () => '/api/requests?status=pending' },
  { name: 'requests decided', path: () => '/api/requests?status=decided' },
  { name: 'request', path: ({ request }) => `/api/requests/${request}` },
  { name: 'slots', path: () => '/api/slots' },
  { name: 'sources', path: () => '/api/sources' },
  { name: 'source', path: ({ source }) => `/api/sources/${source}` },
  { name: 'sink targets', path: () => '/api/sink-targets' },
  { name: 'sink target', path: ({ target }) => `/api/sink-targets/${target}` },
  { name: 'audit', path: () => '/api/audit' },
];
