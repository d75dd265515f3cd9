import { describe, expect, it } from 'vitest';
import { requireTask } from '../../src-shared/task/read-task.ts';
import { needsNetwork, webHost, webHosts } from '../../src-shared/task/web-sources.ts';

function taskOf(inputs: string, analysis: string) {
  const head = 'task_name: t\noutput_dir: /data/outputs/jobs/t\noutputs: {}\n';
  return requireTask(Buffer.from(`${head}inputs: ${inputs}\nanalysis: ${analysis}\n`)).task;
}

describe('webHost', () => {
  it.each([
    ['https://Example.COM/a?b#c', 'example.com'],
    ['http://example.com:80/', 'example.com'],
    ['https://example.com.:8443/', 'example.com:8443'],
    ['http://user:pw@example.com/', 'example.com'],
    ['http://[::1]:8080/', '[::1]:8080'],
    ['http://127.1/', '127.0.0.1'],
    ['https://münchen.de/', 'xn--mnchen-3ya.de'],
    ['HTTPS://example.com', 'example.com'],
  ])('of %s is %s', (href, host) => {
    expect(webHost(href)).toBe(host);
  });

  it.each(['a.tif', '/a/b.tif', 's3://bucket/key', 'http://', 'file:///etc/passwd', 'http:// /'])(
    'of %s is none',
    (href) => {
      expect(webHost(href)).toBeNull();
    },
  );
});

describe('webHosts', () => {
  it('names each host once, of every kind of input', () => {
    const summary = '{type: raster_summary}';
    const rasters = taskOf(
      '{rasters: ["https://b.example/1.tif", "https://a.example:81/2.tif", c.tif, "https://b.example/3.tif"]}',
      summary,
    );
    expect(webHosts(rasters)).toEqual(['a.example:81', 'b.example']);
    const index = '{type: band_index, index: ndvi}';
    const search = taskOf(
      '{stac_api: "https://stac.example/v1", collection: c, aoi: "https://aoi.example/a.json"}',
      index,
    );
    expect(webHosts(search)).toEqual(['aoi.example', 'stac.example']);
    expect(webHosts(taskOf('{items: [item.json, "http://localhost:99/i.json"]}', index))).toEqual(['localhost:99']);
    expect(webHosts(taskOf('{raster: a.tif}', summary))).toEqual([]);
  });

  it('decides whether a run needs a network', () => {
    const web = taskOf('{raster: "https://b.example/1.tif"}', '{type: raster_summary}');
    const local = taskOf('{raster: a.tif}', '{type: raster_summary}');
    const item = taskOf('{items: [item.json]}', '{type: band_index, index: ndvi}');
    // An item on this machine refers to files anywhere.
    expect([needsNetwork(item, false), needsNetwork(item, true)]).toEqual([true, false]);
    expect([needsNetwork(web, false), needsNetwork(web, true), needsNetwork(local, false)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
