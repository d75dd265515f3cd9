import type { Task } from '../../src-shared/task/schema.ts';
import { fixtureMark } from './marks.ts';
import type { Gathered } from './gather-input.ts';
import type { Outcome } from './messages.ts';

/** The outcome of a search that matched nothing: a truthful end, but no result. */
export function emptyOutcome(task: Task, found: Gathered): Outcome {
  const { inputs } = task;
  const asked =
    'stac_api' in inputs
      ? [inputs.collection, inputs.datetime, inputs.bbox && `[${inputs.bbox.join(', ')}]`]
          .filter((part) => part !== undefined)
          .join(', ')
      : 'the named items';
  const line = found.fixture
    ? 'No scene of the fixture catalogue matches: there is no result.'
    : 'No item matches: there is no result.';
  return {
    validity: found.fixture ? ['empty', 'offline_fixture'] : ['empty'],
    validityLine: line,
    summary: `Nothing matched the search (${asked}). No pixels were read.`,
    marks: found.fixture ? [fixtureMark.text] : [],
    sections: [
      {
        kind: 'text',
        title: 'Nothing matched',
        tone: 'note',
        paragraphs: [line, 'Check the collection, widen the area or the time, or loosen the query or filter.'],
      },
    ],
    metadata: { items: [] },
    extent: { bbox: 'stac_api' in inputs ? (inputs.bbox ?? null) : null, start: null, end: null },
    derivedFrom: [],
    maps: [],
  };
}
