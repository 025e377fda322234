'use client';

import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import { axisSteps, type Unit } from './axis-steps';
import { AXIS_WIDTH, PLOT_HEIGHT, RIGHT_PADDING } from './plot-size';
import { type Colours, useThemeColours } from './use-theme-colours';

export interface PlotProps {
  /** Unix seconds. */
  readonly at: readonly number[];
  readonly values: readonly (number | null)[];
  /** A level to stay below; drawn dashed. */
  readonly limit: number | null;
  readonly from: number;
  readonly to: number;
  readonly unit: Unit;
  readonly format: (value: number) => string;
  /** Index of the point under the pointer, or null. */
  readonly onHover: (index: number | null) => void;
}

/** The canvas. Loaded apart from the page, since uplot needs a browser. */
export default function Plot(props: PlotProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const colours = useThemeColours();
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    const element = host.current;
    if (!element || !colours) return;
    const made = new uPlot(optionsOf(latest, colours, element.clientWidth), dataOf(latest.current), element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: PLOT_HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [colours]);

  const { at, values, limit, from, to } = props;
  useEffect(() => {
    const made = plot.current;
    if (!made) return;
    made.batch(() => {
      made.setData([[...at], [...values], at.map(() => limit)], false);
      made.setScale('x', { min: from, max: to });
      made.setScale('y', yRange(values, limit));
    });
  }, [at, values, limit, from, to]);

  return <div ref={host} style={{ height: PLOT_HEIGHT }} aria-hidden />;
}

function dataOf({ at, values, limit }: PlotProps): uPlot.AlignedData {
  return [[...at], [...values], at.map(() => limit)];
}

/** From zero to a little above what is shown; the limit is in sight once a third of it is used. */
function yRange(values: readonly (number | null)[], limit: number | null): { min: number; max: number } {
  const top = values.reduce<number>((high, value) => Math.max(high, value ?? 0), 0);
  const shown = limit !== null && top > limit / 3 ? Math.max(top, limit) : top;
  return { min: 0, max: shown > 0 ? shown * 1.12 : 1 };
}

function optionsOf(latest: { current: PlotProps }, colours: Colours, width: number): uPlot.Options {
  const font = '11px var(--font-geist-sans), sans-serif';
  const axis = { stroke: colours['ink-muted'], font: resolveFont(font), ticks: { show: false }, grid: { stroke: colours.line, width: 1 } };
  return {
    width,
    height: PLOT_HEIGHT,
    padding: [8, RIGHT_PADDING, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    scales: {
      x: { time: true, range: () => [latest.current.from, latest.current.to] },
      y: { range: () => Object.values(yRange(latest.current.values, latest.current.limit)) as [number, number] },
    },
    axes: [
      {
        ...axis,
        size: 24,
        space: 64,
        grid: { show: false },
        values: (_plot, splits) => splits.map((second) => clock(second, latest.current)),
      },
      {
        ...axis,
        size: AXIS_WIDTH,
        space: 36,
        incrs: axisSteps(latest.current.unit),
        values: (_plot, splits) => splits.map((value) => latest.current.format(value)),
      },
    ],
    series: [
      {},
      { stroke: colours.accent, width: 1.5, points: { show: false }, spanGaps: false },
      { stroke: colours.attention, width: 1, dash: [4, 4], points: { show: false } },
    ],
    hooks: { setCursor: [(plot) => latest.current.onHover(plot.cursor.idx ?? null)] },
  };
}

/** A canvas does not resolve var(). */
function resolveFont(font: string): string {
  const family = getComputedStyle(document.documentElement).getPropertyValue('--font-geist-sans').trim();
  return font.replace('var(--font-geist-sans)', family || 'sans-serif');
}

/** Hours and minutes, and the day where the range is longer than one. */
function clock(second: number, { from, to }: PlotProps): string {
  const date = new Date(second * 1000);
  if (to - from <= 86_400) return date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false });
  return date.toLocaleDateString([], { month: 'short', day: 'numeric' });
}
