import type { BadInputRow } from './row.ts';

/** What stands between bad input and money. */
export const moneyRows: readonly BadInputRow[] = [
  {
    id: 'H1',
    input:
      'A setting that guards money and is malformed, misspelt, in a misspelt section or a file that cannot be read; in any source',
    before: '',
    now: 'gate_closed (77) naming setting, place and value; everything that costs nothing runs on',
    tests: [
      ['test/engine/ledger/money-settings.test.ts', 'closes the gate as %s'],
      ['test/engine/ledger/money-settings.test.ts', 'the misspelt variable %s closes the gate'],
    ],
  },
  {
    id: 'H2',
    input: 'A price that is missing, no number, in an unknown currency, or cannot be asked for; machines that are gone',
    before: '',
    now: 'gate_closed with the reason; nothing is launched without a price',
    tests: [
      ['test/engine/gate/gate.test.ts', 'is closed for %s'],
      ['test/shared/money-bound.test.ts', 'an exchange rate of %d'],
    ],
  },
  {
    id: 'H3',
    input: 'A record of approvals or a ledger that is damaged, cut, or taken away while the engine runs',
    before: '',
    now: 'gate_closed with the file to restore; the file stays as it is, and what costs is still watched over',
    tests: [
      ['test/engine/gate/recover.test.ts', 'cut while the engine runs close the gate at once'],
      ['test/engine/ledger/ledger-file.test.ts', 'that is damaged in the middle closes'],
      ['test/engine/ledger/ledger-file.test.ts', '%s while the engine runs closes'],
    ],
  },
  {
    id: 'H4',
    input: 'A line of a record that a crash cut off',
    before: '',
    now: 'It was never acknowledged, and is dropped; no approval is lost or used twice',
    tests: [
      ['test/engine/gate/recover.test.ts', 'in the middle of a line has not written it'],
      ['test/engine/ledger/ledger-file.test.ts', 'loses a line that a crash cut off while it was written, and goes on'],
    ],
  },
  {
    id: 'H5',
    input: 'Wrong PINs, many at once, from engines that begin anew; a damaged count; a clock that was set',
    before: '',
    now: 'denied; after five over_limit with the time of the next try, twice as late each time',
    tests: [
      ['test/engine/owner/owner.test.ts', 'is stopped after five tries'],
      ['test/engine/owner/owner.test.ts', 'is not made easier by damage to the count'],
      ['test/engine/owner/owner.test.ts', 'waits for no time that a clock was wrongly set to'],
    ],
  },
  {
    id: 'H6',
    input:
      'A provider that hangs, loses answers, acts late, lists nothing or only a part, or does not end what it was told to',
    before: '',
    now: 'Ordered again each period and red with $/h until a complete listing lacks it; what appears late is ended',
    tests: [
      ['test/engine/supervisor/faults.test.ts', 'that is refused is given again every period'],
      ['test/engine/supervisor/faults.test.ts', 'whose answer is lost is found to have been carried out'],
      ['test/engine/supervisor/faults.test.ts', 'that is taken and not carried out becomes red after a while'],
    ],
  },
  {
    id: 'H7',
    input: 'Names that a spreadsheet would take for formulas, in the ledger’s CSV',
    before: '',
    now: 'Text',
    tests: [['test/engine/ledger/spending.test.ts', 'to a spreadsheet as a formula']],
  },
];
