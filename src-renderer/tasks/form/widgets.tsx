import type { ReactElement } from 'react';
import type { Widget } from './form-model.ts';
import { JsonWidget, RowsWidget, SecretsWidget } from './list-widgets.tsx';
import { HrefWidget, IntervalWidget, NumbersWidget } from './place-widgets.tsx';
import { ChoiceWidget, ConstantWidget, ListWidget, NumberWidget, SwitchWidget, TextWidget } from './simple-widgets.tsx';
import type { WidgetProps } from './widget-props.ts';

/** The component of each widget. */
export const widgets: Readonly<Record<Widget, (props: WidgetProps) => ReactElement>> = {
  constant: ConstantWidget,
  text: TextWidget,
  number: NumberWidget,
  switch: SwitchWidget,
  choice: ChoiceWidget,
  href: HrefWidget,
  interval: IntervalWidget,
  'bbox-wgs84': NumbersWidget,
  'bbox-crs': NumbersWidget,
  pair: NumbersWidget,
  texts: ListWidget,
  numbers: ListWidget,
  hrefs: RowsWidget,
  arguments: RowsWidget,
  record: JsonWidget,
  geojson: JsonWidget,
  secrets: SecretsWidget,
};
