import { ArrowLeftRight } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Banner } from '../../ui/banner.tsx';
import { IconToggle } from '../../ui/icon-button.tsx';
import { Select } from '../../ui/select.tsx';
import { LoadingState } from '../../ui/states.tsx';
import type { OpenRaster, RasterState } from '../layers/raster-state.ts';
import type { RunMapController } from '../run-map-controller.ts';
import type { Look } from '../reader/tile-pixels.ts';
import type { LayerStyle } from '../style/layer-style.ts';
import { bandName, bandsOf, looksOf } from '../style/layer-style.ts';
import { rampStops } from '../style/ramp-stops.ts';
import { rampGradient, rampNames } from '../style/ramps.ts';
import { RasterFacts } from './raster-facts.tsx';
import { StretchEditor } from './stretch-editor.tsx';
import styles from './panel.module.css';

interface StylePanelProps {
  readonly controller: RunMapController;
  readonly raster: RasterState;
}

/** How the chosen raster is drawn. */
export function StylePanel({ controller, raster }: StylePanelProps): ReactElement {
  const { id, error, open, style } = raster;
  return (
    <section aria-label={`Settings of ${id}`} className={styles['section']}>
      {error !== null && (
        <Banner tone="bad" title={error.message}>
          {error.remedy !== undefined && <p>{error.remedy}</p>}
          <p>
            <Button size="small" onPress={() => controller.engine.retry(id)}>
              Try again
            </Button>
          </p>
        </Banner>
      )}
      {open === null || style === null ? (
        error === null && raster.isVisible ? (
          <LoadingState what="Reading the header…" />
        ) : (
          error === null && <p className={styles['hint']}>Tick the layer to show it on the map.</p>
        )
      ) : (
        <Settings controller={controller} raster={raster} open={open} style={style} />
      )}
    </section>
  );
}

interface SettingsProps extends StylePanelProps {
  readonly open: OpenRaster;
  readonly style: LayerStyle;
}

function Settings({ controller, raster, open: { info }, style }: SettingsProps): ReactElement {
  const set = (change: Partial<LayerStyle>): void => controller.engine.setStyle(raster.id, change);
  const looks = looksOf(info);
  const chosen = looks.findIndex((look) => JSON.stringify(look) === JSON.stringify(style.look));
  const { look } = style;
  return (
    <div className={styles['settings']}>
      {looks.length > 1 && (
        <Select
          label="Shows"
          options={looks.map((one, i) => ({ id: String(i), label: lookName(one, raster) }))}
          value={String(chosen)}
          onChange={(index) => {
            const next = looks[Number(index)];
            if (next !== undefined) set({ look: next });
          }}
        />
      )}
      {look.kind === 'band' && (
        <div className={styles['ramp']}>
          <div className={styles['grow']}>
            <Select
              label="Colours"
              options={rampNames.map((name) => {
                const { label, kind, colourBlindSafe } = rampStops[name];
                return {
                  id: name,
                  label,
                  description: colourBlindSafe ? kind : `${kind}; ends look alike with red-green weakness`,
                };
              })}
              value={style.ramp}
              onChange={(ramp) => set({ ramp })}
            />
          </div>
          <IconToggle
            label="Reverse the colours"
            icon={<ArrowLeftRight />}
            isSelected={style.reversed}
            onChange={(reversed) => set({ reversed })}
          />
          <div
            className={styles['rampBar']}
            style={{ backgroundImage: rampGradient(style.ramp, style.reversed) }}
            aria-hidden
          />
        </div>
      )}
      {look.kind !== 'palette' &&
        bandsOf(look).map((band, i) => (
          <StretchEditor
            key={band}
            label={
              look.kind === 'rgb'
                ? `${['Red', 'Green', 'Blue'][i] ?? ''}: ${bandName(info.bands, band)}`
                : bandName(info.bands, band)
            }
            band={band}
            info={info}
            style={style}
            summary={raster.summaries[band]}
            onChange={(stretch) => set({ stretches: { ...style.stretches, [band]: stretch } })}
          />
        ))}
      <label className={styles['slider']}>
        <span>Opacity</span>
        <input
          type="range"
          min={0}
          max={100}
          step={5}
          value={Math.round(style.opacity * 100)}
          onChange={(event) => set({ opacity: Number(event.currentTarget.value) / 100 })}
        />
        <output className="number">{Math.round(style.opacity * 100)} %</output>
      </label>
      {look.kind !== 'palette' && (
        <Checkbox isSelected={style.smooth} onChange={(smooth) => set({ smooth })}>
          Smooth between pixels
        </Checkbox>
      )}
      <RasterFacts raster={raster} info={info} />
    </div>
  );
}

function lookName(look: Look, { open }: RasterState): string {
  const bands = open?.info.bands ?? [];
  if (look.kind === 'palette') return 'Colours of the file';
  if (look.kind === 'rgb') return `Colour picture (${look.bands.map((band) => bandName(bands, band)).join(', ')})`;
  const name = bandName(bands, look.band);
  return name === `Band ${look.band}` ? name : `${look.band}: ${name}`;
}
