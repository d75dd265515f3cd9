import { Shield, ShieldAlert, ShieldCheck, ShieldOff } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Wall } from '../../../src-shared/isolation.ts';
import type { Tone } from '../../ui/badge.tsx';
import { Badge } from '../../ui/badge.tsx';
import { countVerdicts, verdictMeanings, verdicts } from './wall-words.ts';
import styles from './isolation.module.css';

const looks: Record<Wall['verdict'], { word: string; tone: Tone; icon: ReactElement }> = {
  held: { word: 'Held', tone: 'ok', icon: <ShieldCheck aria-hidden /> },
  weaker: { word: 'Weaker than asked', tone: 'bad', icon: <ShieldAlert aria-hidden /> },
  unmeasured: { word: 'Not measured', tone: 'neutral', icon: <Shield aria-hidden /> },
  open: { word: 'Open', tone: 'warn', icon: <ShieldOff aria-hidden /> },
};

/** How a wall stood, as a word with an icon. */
export function VerdictBadge({ verdict }: { readonly verdict: Wall['verdict'] }): ReactElement {
  const { word, tone, icon } = looks[verdict];
  return (
    <Badge tone={tone} icon={icon} title={verdictMeanings[verdict]}>
      {word}
    </Badge>
  );
}

/** How many walls stood in which way. */
export function VerdictCounts({ walls }: { readonly walls: readonly Wall[] }): ReactElement {
  const counts = countVerdicts(walls);
  return (
    <ul className={styles['counts']} aria-label="Walls by how they stood">
      {verdicts
        .filter((verdict) => counts[verdict] > 0)
        .map((verdict) => (
          <li key={verdict}>
            <Badge tone={looks[verdict].tone} icon={looks[verdict].icon} title={verdictMeanings[verdict]}>
              {counts[verdict]} {looks[verdict].word.toLowerCase()}
            </Badge>
          </li>
        ))}
    </ul>
  );
}
