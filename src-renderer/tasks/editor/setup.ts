import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, codeFolding, foldGutter, foldKeymap, indentOnInput, indentUnit } from '@codemirror/language';
import { lintGutter, lintKeymap } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import type { Extension } from '@codemirror/state';
import { EditorState } from '@codemirror/state';
import {
  EditorView,
  drawSelection,
  dropCursor,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import type { Section } from '../form/form-model.ts';
import { taskCompletions } from './complete.ts';
import { theme } from './theme.ts';

/** Keys that the window has commands for. */
const taken = new Set(['Mod-Enter', 'Mod-/']);

/** A YAML editor for tasks. Tab moves the focus, so that the keyboard gets out of it. */
export function taskEditor(form: Section, onText: (text: string) => void): Extension {
  const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce;
  return [
    ...(nonce === undefined || nonce === '' ? [] : [EditorView.cspNonce.of(nonce)]),
    lineNumbers(),
    lintGutter(),
    foldGutter(),
    codeFolding(),
    highlightActiveLineGutter(),
    highlightSpecialChars(),
    history(),
    drawSelection(),
    dropCursor(),
    indentOnInput(),
    indentUnit.of('  '),
    // A carriage return that stands alone is a character like others; whole files of them are parted on opening.
    EditorState.lineSeparator.of('\n'),
    bracketMatching(),
    closeBrackets(),
    autocompletion({ override: [taskCompletions(form)], icons: false }),
    highlightActiveLine(),
    EditorView.lineWrapping,
    highlightSelectionMatches(),
    search(),
    yaml(),
    theme,
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap.filter(({ key }) => key === undefined || !taken.has(key)),
      ...searchKeymap,
      ...historyKeymap,
      ...foldKeymap,
      ...completionKeymap,
      ...lintKeymap,
    ]),
    EditorView.contentAttributes.of({ 'aria-label': 'Text of the task (YAML)', spellcheck: 'false' }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onText(update.state.doc.toString());
    }),
  ];
}
