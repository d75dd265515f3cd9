import { resolve } from 'node:path';
import { listen, pathOf, send } from '../../scripts/stac-server/listen.ts';
import { rangeAnswer } from '../../scripts/stac-server/range-answer.ts';

const data = resolve(import.meta.dirname, '../../examples/spatiotemporal/tasks/data');

/** Serves the example's rasters, and holds every answer back until `release`: a run that reads them lasts as long as a test wants. */
export async function startHeldServer(): Promise<{
  readonly url: string;
  readonly requests: () => number;
  release(): void;
  close(): Promise<void>;
}> {
  let release = () => {};
  let requests = 0;
  const released = new Promise<void>((done) => (release = done));
  const server = await listen(0, async (request, response) => {
    requests += 1;
    await released;
    const { range, 'if-match': ifMatch } = request.headers;
    send(response, await rangeAnswer(resolve(data, `.${pathOf(request)}`), { range, ifMatch }));
  });
  return { ...server, requests: () => requests, release };
}

/** A task that reads one raster of a held server. */
export function heldTask(url: string): string {
  return `# Waits until the server answers.
task_name: Held summary
output_dir: /data/outputs/jobs/held_summary
inputs:
  raster: ${url}/red.tif   # near infrared works too
analysis:
  type: raster_summary
outputs: {}
backend: process
`;
}
