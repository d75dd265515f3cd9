import { z } from 'zod';
import { json, lines, route } from './route.ts';

/** Processor architectures that a worker image is built for, as OCI names them. */
export const ImageArch = z.enum(['amd64', 'arm64']);
export type ImageArch = z.infer<typeof ImageArch>;

/** A worker image as the container engine holds it. */
export const WorkerImage = z.strictObject({
  /** `transect-worker:<version>-<first 12 of the bundle's sha256>-<arch>`. */
  ref: z.string(),
  /** The image's id: `sha256:…`, the digest of its configuration. */
  id: z.string(),
  arch: z.string(),
  bytes: z.int().nonnegative(),
  workerVersion: z.string().nullable(),
  bundleSha256: z.string().nullable(),
  /** What it is built on: an official base by digest, or Debian packages. */
  base: z.string().nullable(),
  createdAt: z.string().nullable(),
  /** Whether it holds the worker of this very installation. */
  current: z.boolean(),
});
export type WorkerImage = z.infer<typeof WorkerImage>;

/** One step of long work on images, as it happens. The last line has `done`. */
export const ImageStep = z.strictObject({
  message: z.string(),
  done: z.boolean(),
  /** Bytes so far and in all, where they are known. */
  bytes: z.int().nullable().default(null),
  total: z.int().nullable().default(null),
  image: WorkerImage.nullable().default(null),
});
export type ImageStep = z.infer<typeof ImageStep>;

const archs = z.array(ImageArch).max(2).default([]).describe('Architectures; this machine’s own when left out');
const file = z.string().max(4_096).describe('Absolute path of an archive on this machine');

export const imageRoutes = {
  listImages: route({
    method: 'GET',
    path: '/api/v1/images',
    summary: 'Worker images that the container engine holds',
    scope: 'agent',
    answer: json(z.strictObject({ images: z.array(WorkerImage) })),
  }),
  buildImage: route({
    method: 'POST',
    path: '/api/v1/images/build',
    summary: 'Build the worker image of this installation; one that is there already is kept',
    scope: 'agent',
    body: z.strictObject({ archs, base: z.string().max(300).nullable().default(null) }),
    answer: lines(ImageStep),
  }),
  loadImage: route({
    method: 'POST',
    path: '/api/v1/images/load',
    summary: 'Take a worker image from an archive',
    scope: 'agent',
    body: z.strictObject({ file }),
    answer: lines(ImageStep),
  }),
  saveImage: route({
    method: 'POST',
    path: '/api/v1/images/save',
    summary: 'Write the worker image of this installation to an archive',
    scope: 'agent',
    body: z.strictObject({ file, arch: ImageArch.nullable().default(null) }),
    answer: lines(ImageStep),
  }),
  pushImage: route({
    method: 'POST',
    path: '/api/v1/images/push',
    summary: 'Send the worker image of this installation to a registry',
    scope: 'agent',
    body: z.strictObject({ ref: z.string().min(1).max(300), archs }),
    answer: lines(ImageStep),
  }),
} as const;
