import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { native } from '../app/native.ts';
import { IconButton } from './icon-button.tsx';

/** Copies a text. */
export function CopyButton({ label, text }: { readonly label: string; readonly text: string }): ReactElement {
  const [isCopied, setCopied] = useState(false);
  return (
    <IconButton
      size="small"
      label={isCopied ? 'Copied' : label}
      icon={isCopied ? <Check aria-hidden /> : <Copy aria-hidden />}
      onPress={() => {
        void native('copyText', { text }).then(() => {
          setCopied(true);
          setTimeout(() => {
            setCopied(false);
          }, 1_500);
        });
      }}
    />
  );
}
