import type { ReactElement, ReactNode } from 'react';
import type { ButtonProps as AriaButtonProps } from 'react-aria-components';
import { Button as AriaButton } from 'react-aria-components';
import { Spinner } from './spinner.tsx';
import styles from './button.module.css';

export interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'children' | 'style'> {
  readonly variant?: 'primary' | 'secondary' | 'quiet' | 'danger';
  readonly size?: 'medium' | 'small';
  readonly icon?: ReactElement;
  readonly children: ReactNode;
}

/** A button with words. While `isPending` it keeps its width and does nothing. */
export function Button({ variant = 'secondary', size = 'medium', icon, children, ...rest }: ButtonProps): ReactElement {
  return (
    <AriaButton {...rest} className={[styles['button'], styles[variant], styles[size]].join(' ')}>
      {rest.isPending === true ? <Spinner /> : icon}
      <span className={styles['label']}>{children}</span>
    </AriaButton>
  );
}
