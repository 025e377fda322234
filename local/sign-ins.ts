/** The people of the demo. The seed makes them, the launcher prints them; they exist only where SPILLWAY_DEMO=1. */
export const DEMO_PASSWORD = 'spillway-demo';

export const SIGN_INS = [
  { email: 'bea@shop.example', name: 'Bea Brandt', role: 'builder', team: 'shop' },
  { email: 'lena@shop.example', name: 'Lena Lorenz', role: 'team lead', team: 'shop' },
  { email: 'ben@billing.example', name: 'Ben Bauer', role: 'builder', team: 'billing' },
  { email: 'pat@platform.example', name: 'Pat Peters', role: 'platform admin', team: undefined },
  { email: 'aud@platform.example', name: 'Aud Adler', role: 'auditor', team: undefined },
] as const;

/** The table that the launcher prints at the end. */
export function signInTable(): string {
  const rows = SIGN_INS.map(({ email, role, team }) => [email, team ? `${role} of ${team}` : role]);
  const width = Math.max(...rows.map(([email]) => email?.length ?? 0));
  return rows.map(([email = '', what = '']) => `  ${email.padEnd(width)}  ${what}`).join('\n');
}
