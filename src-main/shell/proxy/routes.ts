import { contract } from '../../../src-shared/api/contract.ts';

/** A route as far as the proxy cares: how it looks from outside, and whether a page may call it. */
interface RouteFace {
  readonly method: 'GET' | 'POST';
  readonly pattern: RegExp;
  readonly scope: 'agent' | 'owner' | 'shell';
}

const faces: readonly RouteFace[] = Object.values(contract).map(({ method, path, scope }) => ({
  method,
  scope,
  pattern: new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`),
}));

/** Whether a page may make this call: `open`, `shell` for what only the shell itself may, `unknown` for what is no route. */
export function admission(method: string, pathname: string): 'open' | 'shell' | 'unknown' {
  const matching = faces.filter((face) => face.method === method && face.pattern.test(pathname));
  if (matching.length === 0) return 'unknown';
  // Of several that match, the engine may choose any.
  return matching.some(({ scope }) => scope === 'shell') ? 'shell' : 'open';
}
