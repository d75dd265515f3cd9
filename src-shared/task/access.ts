import { z } from 'zod';

/** Credentials that a task may hand to the readers of buckets, by the names under which its `secrets` list them. */
export const accessSecrets = {
  s3: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
  s3Session: 'AWS_SESSION_TOKEN',
  /** HMAC keys of Google Cloud Storage. */
  gs: ['GS_ACCESS_KEY_ID', 'GS_SECRET_ACCESS_KEY'],
  gsToken: 'GOOGLE_ACCESS_TOKEN',
  azSas: 'AZURE_STORAGE_SAS_TOKEN',
  azKey: 'AZURE_STORAGE_ACCESS_KEY',
} as const;

/** An http(s) address without path, query and user name. */
function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && text.replace(/\/$/, '').toLowerCase() === url.origin;
}

/** How servers and buckets are read. Every leaf has a value that is right for public data. */
export const Access = z
  .strictObject({
    region: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{1,39}$/, 'must be the name of a region, such as us-west-2')
      .optional()
      .meta({ title: 'Region', description: 'Region of the s3:// buckets, such as us-west-2' }),
    endpoint: z
      .string()
      .max(300)
      .refine(isOrigin, 'must be the address of a server without a path, such as https://objects.example.org')
      .optional()
      .meta({
        title: 'Bucket server',
        description:
          'Server of the buckets where it is not that of AWS, Google or Azure, such as https://objects.example.org',
      }),
    account: z
      .string()
      .regex(/^[a-z0-9]{3,24}$/, 'must be the name of a storage account: 3 to 24 lower-case letters and digits')
      .optional()
      .meta({ title: 'Azure account', description: 'Storage account of az:// and abfs:// addresses that name none' }),
    anonymous: z
      .boolean()
      .default(false)
      .meta({ title: 'Anonymous', description: 'Send no credentials to buckets, whatever the secrets hold' }),
    requester_pays: z.boolean().default(false).meta({
      title: 'Requester pays',
      description: 'Read buckets whose owner lets the reader pay; the account of the credentials is charged',
    }),
    billing_project: z
      .string()
      .regex(/^[a-z][a-z0-9:.-]{4,60}$/, 'must be the id of a Google Cloud project')
      .optional()
      .meta({
        title: 'Billing project',
        description: 'Google Cloud project that is charged for requester-pays buckets',
      }),
    planetary_computer: z.boolean().default(false).meta({
      title: 'Planetary Computer',
      description:
        'Ask the Planetary Computer for read tokens of its storage; on by itself when its STAC API is searched',
    }),
    whole_downloads: z.boolean().default(false).meta({
      title: 'Whole downloads',
      description: 'Download files whole from servers that cannot send parts of them, within the read limit',
    }),
  })
  .meta({ title: 'Access', description: 'How servers and buckets are read' });
export type Access = z.infer<typeof Access>;

/** What is wrong with an access block in view of the secrets and addresses of its task; `path` is below `access`. */
export function accessProblems(
  access: Access,
  secretNames: readonly string[],
): { readonly path: string; readonly message: string }[] {
  const has = (names: readonly string[]) => names.every((name) => secretNames.includes(name));
  const problems = [];
  const s3 = has(accessSecrets.s3);
  const gs = has(accessSecrets.gs) || has([accessSecrets.gsToken]);
  if (access.requester_pays && access.anonymous)
    problems.push({ path: 'requester_pays', message: 'a requester who pays is known by name: remove anonymous' });
  else if (access.requester_pays && !s3 && !gs)
    problems.push({
      path: 'requester_pays',
      message: `needs credentials: list ${accessSecrets.s3.join(' and ')} under secrets`,
    });
  if (access.requester_pays && gs && !s3 && access.billing_project === undefined)
    problems.push({ path: 'billing_project', message: 'is needed where Google Cloud Storage charges the requester' });
  if (access.account === undefined && [accessSecrets.azSas, accessSecrets.azKey].some((name) => has([name])))
    problems.push({
      path: 'account',
      message: 'is needed with Azure credentials, which are sent to this account only',
    });
  return problems;
}
