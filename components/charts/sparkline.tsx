import { cn } from '@/components/ui/cn';
import { formatPerSecond } from '@/components/ui/figures';

interface SparklineProps {
  /** Oldest first; null where nothing was sampled. */
  readonly values: readonly (number | null)[];
  readonly className?: string;
}

const WIDTH = 72;
const HEIGHT = 20;

/** The shape of the last minutes; its figures stand beside it. Gaps stay gaps. */
export function Sparkline({ values, className }: SparklineProps) {
  const known = values.filter((value): value is number => value !== null);
  const top = Math.max(...known, 0.001);
  const step = values.length > 1 ? WIDTH / (values.length - 1) : WIDTH;
  let path = '';
  let pen = false;
  values.forEach((value, index) => {
    if (value === null) {
      pen = false;
      return;
    }
    path += `${pen ? 'L' : 'M'}${(index * step).toFixed(1)} ${(HEIGHT - 1.5 - (value / top) * (HEIGHT - 3)).toFixed(1)}`;
    // A lone point would draw nothing.
    if (!pen && (values[index + 1] ?? null) === null) path += 'h.1';
    pen = true;
  });
  return (
    <svg
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      className={cn('shrink-0 overflow-visible', className)}
      role="img"
      aria-label={known.length > 0 ? `last 15 minutes, at most ${formatPerSecond(top)} a second` : 'nothing in the last 15 minutes'}
    >
      <path d={`M0 ${HEIGHT - 0.5}H${WIDTH}`} className="stroke-line" strokeWidth="1" />
      <path d={path} fill="none" className="stroke-accent" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
