import type { RunFile } from '../../src-shared/api/library.ts';
import { workerFiles, workerFolders } from '../../src-shared/worker-protocol.ts';
import { figuresOf } from './figures/figure-list.ts';

export const reviewTabs = ['map', 'report', 'figures', 'tables', 'metadata', 'log', 'files', 'isolation'] as const;
export type ReviewTab = (typeof reviewTabs)[number];

/** A tab of a run: how many things are behind it, or why there is nothing. */
export interface TabInfo {
  readonly id: ReviewTab;
  readonly title: string;
  readonly count: number | null;
  /** Why it cannot be opened; null when it can. */
  readonly reason: string | null;
}

const isIn = (folder: string, pattern: RegExp) => (file: RunFile) =>
  file.path.startsWith(`${folder}/`) && pattern.test(file.path);

/** Rasters and vectors that the map can draw. */
export const mapFiles = (files: readonly RunFile[]): RunFile[] =>
  files.filter(isIn(workerFolders.maps, /\.(tiff?|geojson)$/i));
export const figureFiles = (files: readonly RunFile[]): RunFile[] =>
  files.filter(isIn(workerFolders.figures, /\.(png|svg|jpe?g|webp|gif)$/i));
export const tableFiles = (files: readonly RunFile[]): RunFile[] =>
  files.filter(isIn(workerFolders.tables, /\.(csv|tsv|tab|txt)$/i));

/** JSON documents that the worker writes about a run, the most telling first. */
const documents: readonly string[] = [workerFiles.metadata, workerFiles.item, workerFiles.result, workerFiles.status];
export const documentFiles = (files: readonly RunFile[]): RunFile[] =>
  documents.flatMap((path) => files.find((file) => file.path === path) ?? []);
export const reportFile = (files: readonly RunFile[]): RunFile | undefined =>
  files.find(({ path }) => path === workerFiles.reportHtml) ??
  files.find(({ path }) => path === workerFiles.reportMarkdown);

/** The tabs of a run by its files. Log, files and isolation are always there. */
export function tabsOf(files: readonly RunFile[]): TabInfo[] {
  const counted = (id: ReviewTab, title: string, found: readonly unknown[], none: string): TabInfo => ({
    id,
    title,
    count: found.length,
    reason: found.length === 0 ? none : null,
  });
  const hasDocuments = documentFiles(files).length > 0;
  return [
    counted('map', 'Map', mapFiles(files), 'This run wrote no maps.'),
    {
      id: 'report',
      title: 'Report',
      count: null,
      reason: reportFile(files) === undefined ? 'This run wrote no report.' : null,
    },
    counted('figures', 'Figures', figuresOf(figureFiles(files)), 'This run wrote no figures.'),
    counted('tables', 'Tables', tableFiles(files), 'This run wrote no tables.'),
    { id: 'metadata', title: 'Metadata', count: null, reason: hasDocuments ? null : 'This run wrote no metadata.' },
    { id: 'log', title: 'Log', count: null, reason: null },
    { id: 'files', title: 'Files', count: files.length, reason: null },
    { id: 'isolation', title: 'Isolation', count: null, reason: null },
  ];
}

/** The tab to open: the one asked for if it has anything, else the first that a person would look at. */
export function tabToOpen(asked: string | null, tabs: readonly TabInfo[], hasResult: boolean): ReviewTab {
  const open = tabs.filter(({ reason }) => reason === null).map(({ id }) => id);
  const wanted = open.find((id) => id === asked);
  if (wanted !== undefined) return wanted;
  const order: readonly ReviewTab[] = hasResult ? ['map', 'report', 'figures', 'tables', 'log'] : ['report', 'log'];
  return order.find((id) => open.includes(id)) ?? 'log';
}
