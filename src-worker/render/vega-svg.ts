import {
  parse,
  resetSVGDefIds,
  textMetrics,
  View,
  type Loader,
  type LoggerInterface,
  type Spec as VegaSpec,
} from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { AppError } from '../../src-shared/errors.ts';
import { textWidth } from './fonts.ts';
import { chartConfig } from './chart-config.ts';
import { cleanText } from './markup.ts';

declare module 'vega' {
  /** vega-scenegraph's text measuring, which its typings leave out. */
  export const textMetrics: { width: (item: MeasuredText, text?: unknown) => number };
  interface MeasuredText {
    readonly text?: unknown;
    readonly fontSize?: number;
    readonly fontWeight?: string | number;
  }
}

// Without a canvas vega guesses 0.8 em a sign; with one it depends on the machine's fonts. The shipped font decides.
textMetrics.width = (item, text = item.text) => {
  const bold = item.fontWeight === 'bold' || Number(item.fontWeight) >= 600;
  return textWidth(plain(text), item.fontSize ?? 11, bold ? 'bold' : 'normal');
};

function plain(text: unknown): string {
  return typeof text === 'string' || typeof text === 'number' || typeof text === 'boolean' ? String(text) : '';
}

/** Charts hold their data in the spec; anything to load would be a read that no limit counts. */
function refusingLoader(errors: unknown[]): Loader {
  const refuse = (uri: string): Promise<never> => {
    const remedy = 'Put the values into the chart’s data.';
    errors.push(new AppError('denied', `A chart may not load ${uri}`, { remedy }));
    return Promise.reject(new Error('refused'));
  };
  return { load: refuse, sanitize: refuse, http: refuse, file: refuse };
}

let last: Promise<unknown> = Promise.resolve();

/**
 * A Vega-Lite spec as an SVG element, without a browser. Charts are drawn one after the other with vega's global
 * id counters reset, so that the same spec gives the same text.
 */
export async function vegaSvg(spec: TopLevelSpec): Promise<string> {
  const errors: unknown[] = [];
  const view = new View(parse(vegaSpec(spec)), {
    renderer: 'none',
    loader: refusingLoader(errors),
    logger: collector(errors),
  });
  const drawn = last.then(async () => {
    try {
      await view.runAsync();
      resetSVGDefIds();
      const svg = await view.toSVG();
      if (errors.length > 0) throw badChart(errors[0]);
      return cleanText(svg);
    } finally {
      view.finalize();
    }
  });
  last = drawn.catch(() => undefined);
  return drawn;
}

function vegaSpec(spec: TopLevelSpec): VegaSpec {
  try {
    return compile(spec, { config: chartConfig, logger: collector([]) }).spec;
  } catch (cause) {
    throw badChart(cause);
  }
}

function badChart(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  return new AppError('bad_data', `The chart can’t be drawn: ${text}`, { cause });
}

/** Vega tells errors only to its logger and draws on; they are kept to be thrown. Remarks and warnings are dropped. */
function collector(errors: unknown[]): LoggerInterface {
  const logger: LoggerInterface = {
    level: () => logger,
    error: (...parts: readonly unknown[]) => {
      errors.push(parts[0]);
      return logger;
    },
    warn: () => logger,
    info: () => logger,
    debug: () => logger,
  };
  return logger;
}
