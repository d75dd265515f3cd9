import { z } from 'zod';

/** What a layer brings, for the image's bill of materials. */
export const Component = z.strictObject({
  type: z.enum(['application', 'container', 'library']),
  name: z.string(),
  version: z.string(),
  purl: z.string(),
  sha256: z.string().nullable(),
});
export type Component = z.infer<typeof Component>;

/** One layer as it lies on this disk. Digests have the form `sha256:…`. */
export const Layer = z.strictObject({
  /** Digest of the plain archive: what an image's configuration names. */
  diffId: z.string(),
  /** Digest of the file, which is compressed: what a registry names. */
  digest: z.string(),
  /** Bytes of the file. */
  size: z.int().nonnegative(),
  mediaType: z.string(),
  /** What made it, in words. */
  createdBy: z.string(),
  components: z.array(Component),
});
export type Layer = z.infer<typeof Layer>;

/** A layer and where its file lies. */
export interface StoredLayer extends Layer {
  readonly file: string;
}

export const gzipLayerType = 'application/vnd.oci.image.layer.v1.tar+gzip';
