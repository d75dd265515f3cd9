import { join, normalize } from 'node:path';
import { apiAnswer } from './stac-api.ts';
import type { StacItem } from './item-folder.ts';
import { itemsOf } from './item-folder.ts';
import type { Listening } from './listen.ts';
import { bodyText, listen, pathOf, send } from './listen.ts';
import { rangeAnswer } from './range-answer.ts';

export interface ServedFolder extends Listening {
  readonly items: readonly StacItem[];
}

/** Serves a folder of `<item>/item.json` as a STAC API, with its files under `/files/`, until it is closed. */
export async function serveFolder(folder: string, port: number): Promise<ServedFolder> {
  let items: readonly StacItem[] = [];
  const server = await listen(port, async (request, response) => {
    const path = pathOf(request);
    if (path.startsWith('/files/')) {
      const { range, 'if-match': ifMatch } = request.headers;
      // `normalize` on an absolute path leaves no way out of the folder.
      const file = join(folder, normalize(path.slice('/files'.length)));
      send(response, await rangeAnswer(file, { range, ifMatch }));
      return;
    }
    const question = {
      method: request.method ?? 'GET',
      url: new URL(request.url ?? '/', server.url),
      body: await bodyText(request),
    };
    send(response, apiAnswer(question, { items, url: server.url }));
  });
  items = itemsOf(folder, `${server.url}/files`, server.url);
  return { ...server, items };
}
