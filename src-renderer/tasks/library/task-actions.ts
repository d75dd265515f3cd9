import type { TaskDocument, TaskId } from '../../../src-shared/api/library.ts';
import { setYamlValue } from '../../../src-shared/task/edit-yaml.ts';
import { api, queryClient } from '../../app/api.ts';
import { native } from '../../app/native.ts';
import { navigate, paths } from '../../app/routes.ts';
import { report, toast } from '../../ui/toast.tsx';

/** Has the list of tasks asked for again. */
export async function refreshLibrary(): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: ['listTasks'] });
}

/** What relative inputs of a text belong to: a document's folder, or a granted one. They become absolute in a new task. */
type Base = { readonly from: TaskId } | { readonly relativeTo: string };

/** As long as the name of a new task may be. */
export const longestName = 120;

/** Writes a new task of the workspace. Without a base, its inputs stay as they are. */
export async function create(name: string, text: string, base?: Base): Promise<TaskDocument> {
  const created = await api('createTask', { name: name.slice(0, longestName), text, ...base });
  await refreshLibrary();
  return created;
}

/** Writes a new task and opens it. */
export async function createAndOpen(name: string, text: string, base?: Base): Promise<void> {
  const { entry } = await create(name, text, base);
  navigate(paths.tasks(entry.id));
}

/** Asks for a task file of this machine and takes it into the workspace. */
export async function openFile(): Promise<void> {
  try {
    const file = await native('openTaskFile', null);
    if (file === null) return;
    const { name, text, grant } = file;
    // A hidden file may have nothing before its extension.
    await createAndOpen(
      name.replace(/(?<=.)\.ya?ml$/i, ''),
      text,
      grant === null ? undefined : { relativeTo: grant.id },
    );
    toast({
      title: `Copied ${name} into the workspace`,
      description:
        grant === null
          ? 'Its folder can’t be allowed as a whole: choose the local files that it names again.'
          : `The file itself is not changed. Tasks may read its folder, ${grant.path}.`,
    });
  } catch (cause) {
    report(cause);
  }
}

/** Copies a task with its relative inputs made absolute, and opens the copy. */
export async function duplicate(taskId: TaskId): Promise<void> {
  try {
    const { entry, text, draft } = await api('readTask', { taskId });
    const name = `${entry.name.slice(0, 113)} (copy)`;
    await createAndOpen(name, renamed(draft?.text ?? text, name), { from: taskId });
  } catch (cause) {
    report(cause);
  }
}

/** The text with another `task_name`, or as it is where that can't be edited alone. */
function renamed(text: string, name: string): string {
  try {
    return setYamlValue(text, ['task_name'], name);
  } catch {
    return text;
  }
}

/** Moves a task to the workspace's trash, with the way back. */
export async function trash(taskId: TaskId, name: string, isOpen: boolean): Promise<void> {
  try {
    const { trashId } = await api('trashTask', { taskId });
    if (isOpen) navigate(paths.tasks());
    queryClient.removeQueries({ queryKey: ['readTask', { taskId }] });
    await refreshLibrary();
    toast({ title: `Moved “${name}” to the trash`, action: { label: 'Undo', run: () => void restore(trashId) } });
  } catch (cause) {
    report(cause);
  }
}

async function restore(trashId: string): Promise<void> {
  try {
    const { entry } = await api('restoreTask', { trashId });
    await refreshLibrary();
    navigate(paths.tasks(entry.id));
  } catch (cause) {
    report(cause);
  }
}
