/** Offline is asked for by flag or by either name in the environment, and reaches every back end the same way. */
export function offlineByEnvironment(env: NodeJS.ProcessEnv): boolean {
  return [env['TRANSECT_WORKER_OFFLINE'], env['SCIENCECLAW_WORKER_OFFLINE']].some(
    (value) => value === '1' || value === 'true',
  );
}
