/** Draws plots: both axes logarithmic, each line named at its end. */

const SIZE = { width: 900, height: 480 };
const NAMES_WIDTH = 280;

/** Legible on the white that each plot brings along, and on no other. */
const BACKGROUND = '#ffffff';

/** Those that are in most plots look the same in all of them. */
const LOOKS = {
  ours: { color: '#d62728', width: 4 },
  core: { color: '#e8706f', width: 2 },
  childProcess: { color: '#1f4fa8', width: 3 },
};
const OTHER_COLORS = [
  ...['#2ca02c', '#8c564b', '#ff8c00', '#17a2b8', '#9467bd', '#7f7f7f'],
  ...['#b8a000', '#e377c2', '#5f9ed1', '#111111'],
];

const echarts = await import('echarts').catch(() => {
  throw new Error('echarts is not installed: npm install --prefix bench/report');
});

/** @returns {string} an SVG document */
export function drawPlot({ title, axis, unit, ticks, lines }) {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...SIZE });
  const logarithmic = { type: 'log', nameLocation: 'middle', minorSplitLine: { show: false } };
  chart.setOption({
    animation: false,
    backgroundColor: BACKGROUND,
    title: { text: title, left: 'center', textStyle: { fontSize: 15 } },
    grid: { left: 90, right: NAMES_WIDTH, top: 50, bottom: 55 },
    xAxis: { ...logarithmic, name: axis, nameGap: 32, ...ticksAt(ticks) },
    yAxis: { ...logarithmic, name: unit, nameGap: 70, ...powersOfTen(lines) },
    series: toSeries(lines),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

function toSeries(lines) {
  const others = [...OTHER_COLORS];
  return lines.map(({ contender, label, points }) => {
    const { color, width } = LOOKS[contender] ?? { color: others.shift(), width: 2 };
    return {
      type: 'line',
      data: points,
      color,
      lineStyle: { width },
      symbolSize: 6,
      endLabel: { show: true, formatter: label, color, fontWeight: width > 2 ? 'bold' : 'normal' },
      labelLayout: { moveOverlap: 'shiftY' },
    };
  });
}

/** From the first to the last of the places that were measured, each with its own label. */
function ticksAt(ticks) {
  const places = ticks.map(({ x }) => x);
  const labels = new Map(ticks.map(({ x, label }) => [x, label]));
  return {
    min: places[0],
    max: places.at(-1),
    axisTick: { customValues: places },
    axisLabel: { customValues: places, formatter: (x) => labels.get(x), hideOverlap: true },
    splitLine: { show: false },
  };
}

/** Around all values, so that plots of one kind can be compared. */
function powersOfTen(lines) {
  const values = lines.flatMap(({ points }) => points.map(([, y]) => y));
  return {
    min: 10 ** Math.floor(Math.log10(Math.min(...values))),
    max: 10 ** Math.ceil(Math.log10(Math.max(...values))),
  };
}
