// Writes resources/task.schema.json from the task schema. A test fails when the file is out of date.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { taskJsonSchema } from '../src-shared/task/json-schema.ts';

const path = join(import.meta.dirname, '../resources/task.schema.json');
writeFileSync(path, `${JSON.stringify(taskJsonSchema(), null, 2)}\n`);
