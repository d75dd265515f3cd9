import { rmSync } from 'node:fs';
import { join } from 'node:path';

/** Takes out what an unpacked Electron has for development and a package does not use. */
export default function afterPack({ appOutDir }) {
  for (const name of ['resources/default_app.asar', 'recipe']) rmSync(join(appOutDir, name), { force: true });
}
