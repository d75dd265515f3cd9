import type { ImageArch } from '../../../../src-shared/api/images.ts';
import type { WorkerBundle } from '../../worker-bundle.ts';
import { sha256Of } from '../digests.ts';
import type { Component, Layer } from './layer.ts';
import type { LayerWanted } from './layer-store.ts';
import { fileOf } from './tar.ts';

/** A layer with the bill of materials of the layers below it and of the worker, as CycloneDX 1.6. */
export function sbomLayer(arch: ImageArch, bundle: WorkerBundle, layers: readonly Layer[]): LayerWanted {
  const text = `${JSON.stringify(
    billOfMaterials(
      bundle,
      layers.flatMap(({ components }) => components),
    ),
    null,
    2,
  )}\n`;
  return {
    slot: `sbom-${arch}`,
    key: sha256Of(text),
    make: () =>
      Promise.resolve({
        entries: [fileOf('usr/share/sbom/transect-worker.cdx.json', text)],
        createdBy: 'Bill of materials (CycloneDX)',
        components: [],
      }),
  };
}

/** No time and no serial number: the same content gives the same bytes. */
function billOfMaterials(bundle: WorkerBundle, components: readonly Component[]): object {
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'container', name: 'transect-worker', version: bundle.version } },
    components: components.map(({ type, name, version, purl, sha256 }) => ({
      type,
      'bom-ref': purl,
      name,
      version,
      purl,
      ...(sha256 !== null && { hashes: [{ alg: 'SHA-256', content: sha256 }] }),
    })),
  };
}
