import type { Access } from './access.ts';

/** An object in a bucket, as `s3://bucket/key`, `gs://bucket/key`, `az://container/key` or `abfs://container@account…/key`. */
export interface BucketAddress {
  readonly store: 's3' | 'gs' | 'az';
  readonly bucket: string;
  /** As it is written: not percent-decoded. Empty for the bucket itself. */
  readonly key: string;
  /** The Azure storage account that the address itself names. */
  readonly account: string | null;
}

const schemes: Readonly<Record<string, BucketAddress['store']>> = {
  s3: 's3',
  gs: 'gs',
  az: 'az',
  abfs: 'az',
  abfss: 'az',
};
const bucketNames: Readonly<Record<BucketAddress['store'], RegExp>> = {
  s3: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  gs: /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/,
  az: /^(?:(?=.{3,63}$)[a-z0-9](?:-?[a-z0-9])*|\$root|\$web)$/,
};
const azureHost = /^([a-z0-9]{3,24})\.(?:blob|dfs)\.core\.windows\.net$/;

/** Where bucket addresses lead, in words for messages. */
export const bucketSchemes = 's3, gs, az and abfs';

/** Whether an address has the scheme of a bucket, right or wrong otherwise. */
export function isBucketAddress(href: string): boolean {
  return /^(?:s3|gs|az|abfss?):\/\//i.test(href);
}

/** Whether something lies on a server or in a bucket, and not on this machine. */
export function isRemoteAddress(href: string): boolean {
  return /^https?:\/\//i.test(href) || isBucketAddress(href);
}

/** The parts of a bucket address; null for anything else, and for names that no bucket has. */
export function parseBucketAddress(href: string): BucketAddress | null {
  const [, scheme = '', authority = '', key = ''] = /^([a-z0-9]+):\/\/([^/]*)(?:\/(.*))?$/is.exec(href) ?? [];
  const store = schemes[scheme.toLowerCase()];
  if (store === undefined) return null;
  const at = authority.indexOf('@');
  const bucket = at === -1 ? authority : authority.slice(0, at);
  if (!bucketNames[store].test(bucket) || bucket.includes('..')) return null;
  // A path with such steps would be folded before it is sent, and lead elsewhere.
  if (key.split('/').some((step) => step === '.' || step === '..')) return null;
  // Half of a surrogate pair has no bytes that could be sent.
  if (/\p{Surrogate}/u.test(href)) return null;
  if (at === -1) return { store, bucket, key, account: null };
  const account = store === 'az' ? azureHost.exec(authority.slice(at + 1).toLowerCase())?.[1] : undefined;
  return account === undefined ? null : { store, bucket, key, account };
}

/**
 * The http(s) address that a web or bucket address leads to; null for a local path, a malformed address, and an Azure one whose
 * account nobody names. Without `access.region`, S3 is asked by its global name, which knows most buckets.
 */
export function httpAddress(href: string, access: Partial<Access> | undefined): string | null {
  if (/^https?:\/\//i.test(href)) return URL.canParse(href) ? href : null;
  const address = parseBucketAddress(href);
  if (address === null) return null;
  const { store, bucket, key } = address;
  const path = key.split('/').map(escapeSegment).join('/');
  const endpoint = access?.endpoint?.replace(/\/$/, '');
  if (store === 'az') {
    const account = address.account ?? access?.account;
    if (account === undefined) return null;
    const server = endpoint === undefined ? `https://${account}.blob.core.windows.net` : `${endpoint}/${account}`;
    return `${server}/${bucket}/${path}`;
  }
  if (endpoint !== undefined) return `${endpoint}/${bucket}/${path}`;
  if (store === 'gs') return `https://storage.googleapis.com/${bucket}/${path}`;
  const region = access?.region;
  const host = `s3${region === undefined ? '' : `.${region}`}.amazonaws.com${region?.startsWith('cn-') === true ? '.cn' : ''}`;
  // The certificate of S3 covers one label before its name: a bucket with dots goes into the path.
  return bucket.includes('.') ? `https://${host}/${bucket}/${path}` : `https://${bucket}.${host}/${path}`;
}

/** As SigV4 wants it: everything but unreserved characters is escaped. */
function escapeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
