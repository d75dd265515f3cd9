import type { Session } from 'electron';
import { mayLoad } from './frame-rules.ts';

/** Keeps a session on this machine: no request leaves it, no permission is given, nothing is downloaded. */
export function guardSession(session: Session): void {
  session.webRequest.onBeforeRequest(({ url }, decide) => {
    decide({ cancel: !mayLoad(url) });
  });
  session.setPermissionRequestHandler((_contents, _permission, decide) => {
    decide(false);
  });
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event) => {
    event.preventDefault();
  });
}
