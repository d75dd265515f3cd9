import type { Session } from 'electron';
import { protocol } from 'electron';
import { appOrigin, jobScheme } from '../../src-shared/native.ts';
import { answerAppFile } from './app-files.ts';
import type { ApiProxy } from './proxy/api.ts';
import { answerApi } from './proxy/api.ts';
import { answerRunFile } from './proxy/job-files.ts';

const appScheme = new URL(appOrigin).protocol.slice(0, -1);

/** Tells Chromium what our schemes are. Before the app is ready. */
export function registerSchemes(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: appScheme,
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
    },
    {
      scheme: jobScheme,
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, corsEnabled: true },
    },
  ]);
}

export interface SchemeParts extends ApiProxy {
  readonly renderer: string;
}

/** Answers a session's requests: the window's own files and the API at `app://transect`, runs' files at `job://<job-id>`. */
export function serveSchemes(session: Session, { renderer, ...api }: SchemeParts): void {
  session.protocol.handle(appScheme, async (request) => {
    const { host, pathname } = new URL(request.url);
    if (`${appScheme}://${host}` !== appOrigin) return new Response(null, { status: 404 });
    return pathname.startsWith('/api/') ? answerApi(request, api) : answerAppFile(renderer, request);
  });
  session.protocol.handle(jobScheme, (request) => answerRunFile(request, api.link));
}
