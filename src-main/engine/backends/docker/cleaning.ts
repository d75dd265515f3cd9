import type Docker from 'dockerode';
import { listContainers, removeContainer } from './containers.ts';
import type { Labelled } from './labels.ts';
import { label } from './labels.ts';
import { jobOfNetwork, listNetworks, removeNetwork } from './networks.ts';

/** Removes everything that bears an attempt's labels: its containers first, then its network. Harmless when nothing does. */
export async function removeAttempt(docker: Docker, { workspace, jobId, attempt }: Labelled): Promise<void> {
  const labels = { [label.workspace]: workspace, [label.job]: jobId, [label.attempt]: String(attempt) };
  const containers = await listContainers(docker, labels);
  await Promise.all(containers.map(({ Id }) => removeContainer(docker.getContainer(Id))));
  for (const { Id } of await listNetworks(docker, labels)) await removeNetwork(docker.getNetwork(Id));
  // The one that a workspace's runs share goes with the last of them. A container engine has few address ranges to give.
  const shared = await listNetworks(docker, { [label.workspace]: workspace });
  for (const network of shared)
    if (jobOfNetwork(network) === undefined) await removeNetwork(docker.getNetwork(network.Id));
}

/**
 * Removes everything of a workspace that belongs to no living job, and says in words what that was. What a workspace's runs share
 * goes when nobody uses it.
 */
export async function removeStrays(
  docker: Docker,
  workspace: string,
  isLive: (jobId: string) => boolean,
): Promise<string[]> {
  const labels = { [label.workspace]: workspace };
  const stray = (jobId: string | undefined) => jobId === undefined || !isLive(jobId);
  const removed: string[] = [];
  for (const { Id, Names, Labels, State } of await listContainers(docker, labels)) {
    if (!stray(Labels[label.job])) continue;
    await removeContainer(docker.getContainer(Id));
    removed.push(`container ${(Names[0] ?? Id).replace(/^\//, '')} (${State})`);
  }
  for (const network of await listNetworks(docker, labels)) {
    const jobId = jobOfNetwork(network);
    if (!stray(jobId)) continue;
    await removeNetwork(docker.getNetwork(network.Id));
    if (jobId !== undefined) removed.push(`network ${network.Name}`);
  }
  return removed;
}
