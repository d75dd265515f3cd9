import { accessSecrets } from '../../../src-shared/task/access.ts';
import type { Task } from '../../../src-shared/task/schema.ts';

/** A pair of keys that requests are signed with. */
export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What a task's secrets hold for buckets; each null where they hold nothing. */
export interface Credentials {
  readonly s3: SigningKeys | null;
  readonly gs: SigningKeys | null;
  /** An OAuth 2 access token of Google Cloud. */
  readonly gsToken: string | null;
  /** A shared access signature, as a query without `?`. */
  readonly azSas: string | null;
  /** An account key, base64. */
  readonly azKey: string | null;
}

const none: Credentials = { s3: null, gs: null, gsToken: null, azSas: null, azKey: null };

/** The credentials among the values of a run's secrets. Only what the task itself lists under `secrets` is used. */
export function credentialsOf(
  { access, secrets }: Pick<Task, 'access' | 'secrets'>,
  values: ReadonlyMap<string, string>,
): Credentials {
  if (access?.anonymous === true || secrets === undefined) return none;
  const value = (name: string) => (name in secrets ? (values.get(name) ?? null) : null);
  const pair = ([id, secret]: readonly [string, string]): SigningKeys | null => {
    const [accessKeyId, secretAccessKey] = [value(id), value(secret)];
    return accessKeyId === null || secretAccessKey === null ? null : { accessKeyId, secretAccessKey };
  };
  const s3 = pair(accessSecrets.s3);
  const sessionToken = value(accessSecrets.s3Session);
  return {
    s3: s3 === null || sessionToken === null ? s3 : { ...s3, sessionToken },
    gs: pair(accessSecrets.gs),
    gsToken: value(accessSecrets.gsToken),
    azSas: value(accessSecrets.azSas)?.replace(/^\?/, '') ?? null,
    azKey: value(accessSecrets.azKey),
  };
}
