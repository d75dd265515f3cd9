import type { z } from 'zod';
import type { ResolvedService } from '../../../services/resolve.ts';
import { serviceNeeds } from '../../../services/needs.ts';
import type { LaunchSpec } from '../../backend.ts';
import { egressPolicyOf } from '../../hosts-of-run.ts';
import { proxyName, proxyPort } from '../egress-sidecar.ts';
import { containerUser } from '../user.ts';
import { serviceContainer } from './service-container.ts';

/** Facts of a usual container engine: which one answers is known at the start only. */
const usual = { engine: 'Docker', rootless: false, cpus: 1_024, selinux: false, userns: false } as const;

/** The service that a launch would start, as people and the record read it: argv word for word. Pure; holds no secret. */
export function plannedService(
  spec: LaunchSpec,
  service: ResolvedService,
  own: { readonly uid: number; readonly gid: number } | null,
): Record<string, z.core.util.JSONType> {
  const policy = egressPolicyOf(spec);
  const egress = {
    network: '(the run’s own inner network)',
    proxy: proxyName,
    address: '(its address there)',
    port: proxyPort,
  };
  const { Env, User, HostConfig } = serviceContainer(
    spec,
    { workspace: '', jobId: spec.jobId, attempt: spec.attempt },
    {
      service,
      needs: serviceNeeds(spec.task, service.entry),
      imageId: service.ref,
      volumes: [],
      user: containerUser(own, usual),
      facts: usual,
      control: { work: '(working folder of this run)', outputs: '(outputs of this run)' },
      egress: policy === null ? null : egress,
      hidden: [],
      secrets: new Map(Object.keys(spec.task.secrets ?? {}).map((name) => [name, ''])),
    },
  );
  const planned = {
    service: service.name,
    image: service.image,
    ref: service.ref,
    pinned: service.pinned,
    argv: service.argv,
    workdir: service.workdir,
    // Names only: values may be secrets.
    environment: (Env ?? []).map((line) => line.split('=')[0] ?? '').sort(),
    user: User,
    hosts: policy?.hosts ?? [],
    config: HostConfig,
  };
  return JSON.parse(JSON.stringify(planned)) as Record<string, z.core.util.JSONType>;
}
