import { CircleCheck, CircleMinus, TriangleAlert, Wrench } from 'lucide-react';
import type { ReactElement } from 'react';
import type { DoctorCheck } from '../../src-shared/api/doctor.ts';
import type { Tone } from '../ui/badge.tsx';
import { Badge } from '../ui/badge.tsx';
import styles from './doctor.module.css';

const looks: Record<DoctorCheck['level'], { word: string; tone: Tone; icon: ReactElement }> = {
  ok: { word: 'Works', tone: 'ok', icon: <CircleCheck aria-hidden /> },
  limited: { word: 'Limited', tone: 'warn', icon: <TriangleAlert aria-hidden /> },
  // Not having something is a fact of this machine, not a failure.
  missing: { word: 'Not here', tone: 'neutral', icon: <CircleMinus aria-hidden /> },
};

/** How something stands, as a word with an icon. */
export function LevelBadge({ level }: { readonly level: DoctorCheck['level'] }): ReactElement {
  const { word, tone, icon } = looks[level];
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  );
}

/** One thing that Doctor looked at: how it stands, what was found, and what to do. */
export function CheckCard({ check }: { readonly check: DoctorCheck }): ReactElement {
  const { level, title, found, remedy, facts } = check;
  return (
    <li className={styles['check']}>
      <LevelBadge level={level} />
      <div className={styles['words']}>
        <h3>{title}</h3>
        <p>{found}</p>
        {remedy !== null && (
          <p className={styles['remedy']}>
            <Wrench aria-hidden />
            <span>
              <strong>What to do:</strong> {remedy}
            </span>
          </p>
        )}
        {facts.length > 0 && (
          <dl className={styles['facts']}>
            {facts.map(({ label, value }) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        )}
      </div>
    </li>
  );
}
