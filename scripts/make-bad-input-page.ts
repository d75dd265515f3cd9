// Writes docs/bad-input.md from the rows that the tests share. A test fails when the page is out of date.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { badInputPage } from '../test/helpers/bad-input/page.ts';

writeFileSync(join(import.meta.dirname, '../docs/bad-input.md'), badInputPage());
