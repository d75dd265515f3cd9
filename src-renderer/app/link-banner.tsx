import type { ReactElement } from 'react';
import { useEffect, useState } from 'react';
import type { NativeEvent } from '../../src-shared/native.ts';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { useLink } from './live.ts';
import { native, onNative } from './native.ts';

/** A short break heals itself and deserves no alarm, ms. */
const patience = 1_200;

/** Says when the engine is not heard, and what that means. */
export function LinkBanner(): ReactElement | null {
  const link = useLink();
  const [engine, setEngine] = useState<NativeEvent<'engine'> | null>(null);
  const [isLong, setLong] = useState(false);
  useEffect(() => onNative('engine', setEngine), []);
  useEffect(() => {
    if (link === 'connected') return undefined;
    const timer = setTimeout(() => {
      setLong(true);
    }, patience);
    return () => {
      clearTimeout(timer);
      setLong(false);
    };
  }, [link]);
  if (link === 'connected') return null;
  if (engine?.state === 'failed')
    return (
      <Banner
        tone="bad"
        title="The engine could not be started."
        actions={
          <Button size="small" onPress={() => void native('retryEngine', null)}>
            Try again
          </Button>
        }
      >
        {[engine.message, engine.remedy].filter((text) => text !== null).join(' ')}
      </Banner>
    );
  if (!isLong) return null;
  return (
    <Banner tone="warn" title={link === 'lost' ? 'Reconnecting to the engine…' : 'Starting the engine…'}>
      Runs that have started go on meanwhile, and nothing you typed is lost.
    </Banner>
  );
}
