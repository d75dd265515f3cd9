import { AppError, ErrorData } from '../../src-shared/errors.ts';
import type {
  NativeBridge,
  NativeEvent,
  NativeEventName,
  NativeInput,
  NativeName,
  NativeOutput,
  NativeReply,
} from '../../src-shared/native.ts';
import { nativeEvents, nativeRequests } from '../../src-shared/native.ts';

declare global {
  interface Window {
    /** Put there by the preload. */
    readonly transect: NativeBridge;
  }
}

/** What this window is. */
export const bridge = window.transect;

/** Asks the desktop for something that a web page cannot do. @throws AppError with the shell's reason */
export async function native<N extends NativeName>(name: N, input: NativeInput<N>): Promise<NativeOutput<N>> {
  const reply = (await bridge.invoke(name, input)) as NativeReply;
  if (!reply.ok) throw AppError.fromData(ErrorData.parse(reply.error));
  return nativeRequests[name].output.parse(reply.value) as NativeOutput<N>;
}

/** Listens to one kind of event of the shell. Returns the way to stop. */
export function onNative<N extends NativeEventName>(name: N, listener: (event: NativeEvent<N>) => void): () => void {
  return bridge.on((heard, event) => {
    if (heard === name) listener(nativeEvents[name].parse(event) as NativeEvent<N>);
  });
}
