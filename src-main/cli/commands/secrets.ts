import { SecretName } from '../../../src-shared/api/secrets.ts';
import type { StoredSecrets } from '../../../src-shared/api/secrets.ts';
import { AppError } from '../../../src-shared/errors.ts';
import { exitCodes } from '../../../src-shared/exit-codes.ts';
import { connect } from '../../client/connect.ts';
import type { CommonOptions } from '../context.ts';
import { dataRootOf, isNamed } from '../context.ts';
import { readHidden } from '../hidden-input.ts';
import { out, printJson, printTable, say } from '../print.ts';

/** Names of stored secrets; a value is never shown. */
export async function listSecrets(options: CommonOptions): Promise<number> {
  const { client } = await connect(dataRootOf(options));
  const stored = await client('listSecrets', {});
  if (options.json === true) printJson(stored);
  else {
    if (stored.secrets.length === 0) out('No secrets. Store one: transect secrets set NAME');
    else
      printTable(
        ['SECRET', 'SET AT'],
        stored.secrets.map(({ name, setAt }) => [name, setAt ?? '-']),
      );
    warn(stored);
  }
  return exitCodes.succeeded;
}

/** Stores a secret. Its value comes from standard input or a hidden prompt: command lines are seen by everybody. */
export async function setSecret(name: string, options: CommonOptions): Promise<number> {
  checkName(name);
  const root = dataRootOf(options, { create: !isNamed(options) });
  const value = await readHidden(`Value of ${name} (not shown): `);
  const { client } = await connect(root);
  done(await client('setSecret', { name, value }), `${name} is stored`, options);
  return exitCodes.succeeded;
}

export async function removeSecret(name: string, options: CommonOptions): Promise<number> {
  checkName(name);
  const { client } = await connect(dataRootOf(options));
  done(await client('removeSecret', { name }), `${name} is removed`, options);
  return exitCodes.succeeded;
}

function done(stored: StoredSecrets, words: string, options: CommonOptions): void {
  if (options.json === true) printJson(stored);
  else {
    out(`${words}${stored.store === 'keychain' ? ' (system keychain)' : ''}`);
    warn(stored);
  }
}

function warn({ warning }: StoredSecrets): void {
  if (warning !== null) say(`note: ${warning}`);
}

function checkName(name: string): void {
  const parsed = SecretName.safeParse(name);
  if (!parsed.success)
    throw new AppError('bad_data', `${JSON.stringify(name.slice(0, 80))} ${parsed.error.issues[0]?.message ?? ''}`);
}
