import type { ReactElement } from 'react';
import type { ButtonProps as AriaButtonProps } from 'react-aria-components';
import { Button as AriaButton, ToggleButton } from 'react-aria-components';
import { Tooltip } from './tooltip.tsx';
import styles from './button.module.css';

interface IconButtonProps extends Omit<AriaButtonProps, 'className' | 'children' | 'style' | 'aria-label'> {
  /** What it does: its accessible name, and its tooltip. */
  readonly label: string;
  readonly icon: ReactElement;
  readonly size?: 'medium' | 'small';
}

/** A button without words; its name shows as a tooltip. */
export function IconButton({ label, icon, size = 'medium', ...rest }: IconButtonProps): ReactElement {
  return (
    <Tooltip text={label}>
      <AriaButton
        {...rest}
        aria-label={label}
        className={[styles['button'], styles['quiet'], styles['iconOnly'], styles[size]].join(' ')}
      >
        {icon}
      </AriaButton>
    </Tooltip>
  );
}

interface IconToggleProps {
  readonly label: string;
  readonly icon: ReactElement;
  readonly isSelected: boolean;
  readonly onChange: (isSelected: boolean) => void;
  readonly size?: 'medium' | 'small';
  readonly isDisabled?: boolean;
}

/** A button that stays pressed. */
export function IconToggle({ label, icon, size = 'medium', ...rest }: IconToggleProps): ReactElement {
  return (
    <Tooltip text={label}>
      <ToggleButton
        {...rest}
        aria-label={label}
        className={[styles['button'], styles['quiet'], styles['iconOnly'], styles[size]].join(' ')}
      >
        {icon}
      </ToggleButton>
    </Tooltip>
  );
}
