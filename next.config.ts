import type { NextConfig } from 'next';

/** Security headers are set in proxy.ts, where the nonce of the policy is made. */
const config: NextConfig = {
  poweredByHeader: false,
};

export default config;
