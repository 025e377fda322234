import NextAuth from 'next-auth';
import { authOptions } from '@/app/_server/auth-options';

type Context = { params: Promise<{ nextauth: string[] }> };

/** Options are made at the first request, not at build time: the environment is the server's. */
const handler = (request: Request, context: Context) => NextAuth(authOptions())(request, context);

export { handler as GET, handler as POST };
