import type { ReactElement } from 'react';
import type { Wall } from '../../../src-shared/isolation.ts';
import { SafeText } from '../safe-name.tsx';
import { VerdictBadge } from './verdict-badge.tsx';
import { wallMeanings } from './wall-words.ts';
import styles from './isolation.module.css';

/** As many hosts as are listed before the rest is counted. */
const mostHosts = 12;

interface WallTableProps {
  readonly walls: readonly Wall[];
  /** Hosts that the way out admitted. */
  readonly hosts: readonly string[];
}

/** Every wall with what was asked for and what was had. */
export function WallTable({ walls, hosts }: WallTableProps): ReactElement {
  return (
    <div className={styles['frame']} tabIndex={0} role="region" aria-label="Walls of this run">
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col">Wall</th>
            <th scope="col">How it stood</th>
            <th scope="col">Asked for</th>
            <th scope="col">Had</th>
          </tr>
        </thead>
        <tbody>
          {walls.map(({ id, title, asked, had, verdict }) => (
            <tr key={id}>
              <th scope="row">
                <span className={styles['title']}>{title}</span>
                <span className={styles['meaning']}>{wallMeanings[id]}</span>
              </th>
              <td>
                <VerdictBadge verdict={verdict} />
              </td>
              <td>
                {asked === null ? <span className={styles['muted']}>Nothing</span> : <SafeText text={asked} />}
                {id === 'network' && <Hosts hosts={hosts} />}
              </td>
              <td>{had === null ? <span className={styles['muted']}>Not measured</span> : <SafeText text={had} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Hosts({ hosts }: { readonly hosts: readonly string[] }): ReactElement | null {
  if (hosts.length === 0) return null;
  const rest = hosts.length - mostHosts;
  return (
    <ul className={styles['hosts']} aria-label="Hosts that were admitted">
      {hosts.slice(0, mostHosts).map((host) => (
        <li key={host}>
          <code>
            <SafeText text={host} />
          </code>
        </li>
      ))}
      {rest > 0 && <li className={styles['muted']}>and {rest} more</li>}
    </ul>
  );
}
