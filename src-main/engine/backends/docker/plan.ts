import type { z } from 'zod';
import type { LaunchSpec } from '../backend.ts';
import { egressPolicyOf } from '../hosts-of-run.ts';
import { proxyName, proxyPort } from './egress-sidecar.ts';
import { mountInputs } from './inputs.ts';
import { containerUser } from './user.ts';
import { workerContainer } from './worker-container.ts';

/** Facts of a usual container engine: which one answers is known at the start only. */
const usual = { engine: 'Docker', rootless: false, cpus: 1_024, selinux: false, userns: false } as const;
const placeholder = '(this installation’s worker image)';

/** The container that a launch would ask for, as people and the record read it. Pure; holds no secret. */
export function plannedContainer(
  spec: LaunchSpec,
  own: { readonly uid: number; readonly gid: number } | null,
): Record<string, z.core.util.JSONType> {
  const policy = egressPolicyOf(spec);
  const egress = {
    network: '(the run’s own inner network)',
    proxy: proxyName,
    address: '(its address there)',
    port: proxyPort,
  };
  const { Image, Cmd, Env, User, HostConfig } = workerContainer(
    spec,
    { workspace: '', jobId: spec.jobId, attempt: spec.attempt },
    {
      image: placeholder,
      imageDigest: '',
      user: containerUser(own, usual),
      facts: usual,
      runtime: '(files of this run)',
      inputs: mountInputs(spec),
      hasSecrets: Object.keys(spec.task.secrets ?? {}).length > 0,
      hasCertificates: false,
      egress: policy === null ? null : egress,
    },
  );
  const environment = (Env ?? []).map((line) => line.split('=')[0] ?? '').sort();
  const { NanoCpus, ...host } = HostConfig ?? {};
  const cpus = spec.task.resources.cpus ?? null;
  const config = { ...host, ...(cpus !== null && { NanoCpus: NanoCpus ?? null }) };
  return JSON.parse(
    JSON.stringify({
      image: Image,
      command: Cmd,
      environment,
      user: User,
      hosts: policy?.hosts ?? [],
      config,
    }),
  ) as Record<string, z.core.util.JSONType>;
}
